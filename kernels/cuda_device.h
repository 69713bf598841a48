// SPDX-License-Identifier: Apache-2.0
// What this build and this machine can do with CUDA. Implemented twice: with the toolkit and
// without.
#pragma once

#include <string>
#include <vector>

namespace qbench {

struct CudaDevice {
  std::string name;
  int major = 0;  // compute capability
  int minor = 0;
  double memory_bytes = 0;
};

struct CudaStatus {
  bool built = false;        // with the CUDA toolkit
  std::string runtime = {};  // version, e.g. "13.0"; empty when not built
  std::string driver = {};   // newest version that the driver serves; empty without a driver
  std::vector<CudaDevice> devices = {};
  std::string absent = {};  // why there is no device, in words; empty where there is one
};

CudaStatus cuda_status();

}  // namespace qbench
