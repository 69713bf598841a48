// SPDX-License-Identifier: Apache-2.0
// The CUDA of this build and this machine, and its devices. Implemented twice: with the toolkit and
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
  std::string unusable = {};  // why this build's kernels cannot run there, or empty
};

struct CudaStatus {
  bool built = false;        // with the CUDA toolkit
  std::string runtime = {};  // version, e.g. "13.0"; empty when not built
  std::string driver = {};   // newest version that the driver serves; empty without a driver
  std::vector<CudaDevice> devices = {};
  std::string absent = {};  // why there is no device, in words; empty where there is one

  // Why no device can be used, or empty where one can.
  std::string unusable() const;
};

CudaStatus cuda_status();

enum class CudaFault { no_driver, no_gpu, driver_too_old, device_too_old, other };

// One line that says what is wrong and what to do. device_too_old takes `device`; `text` has CUDA's
// own words.
std::string explain(CudaFault fault, const CudaStatus& status, const CudaDevice& device = {},
                    const std::string& text = {});

}  // namespace qbench
