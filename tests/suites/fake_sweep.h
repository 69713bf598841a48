// SPDX-License-Identifier: Apache-2.0
// Sweeps of tests, on fake kernels and devices.
#pragma once

#include <string>
#include <utility>
#include <vector>

#include "suites/suite.h"
#include "tests/catch.h"

namespace qbench::test {

// A CPU kernel of everything, and a CUDA kernel of nf4 products.
inline const std::vector<Kernel>& kernels() {
  static const std::vector<Kernel> kernels = {
      {"reference", Op::roundtrip, DeviceKind::cpu, nullptr, nullptr, nullptr},
      {"reference", Op::matmul, DeviceKind::cpu, nullptr, nullptr, nullptr},
      {"tiled", Op::matmul, DeviceKind::cuda, find_mode("nf4"), nullptr, nullptr}};
  return kernels;
}

inline CudaStatus devices(int count) {
  CudaStatus cuda;
  cuda.devices.resize(static_cast<std::size_t>(count));
  if (count == 0) cuda.absent = "no driver";
  return cuda;
}

inline Sweep sweep_of_suite(const char* suite, std::vector<const Mode*> modes) {
  Sweep sweep;
  sweep.suites = {find_suite(suite)};
  sweep.modes = std::move(modes);
  sweep.shapes = {{0, 8, 64}};
  return sweep;
}

// "mode kernel device bs" and the reason of a skip, a line each.
inline std::vector<std::string> lines(const Sweep& sweep, int device_count) {
  std::vector<std::string> lines;
  for (const Case& c : expand(sweep, kernels(), devices(device_count))) {
    lines.push_back(std::string(c.mode->name) + " " +
                    (c.kernel ? std::string(c.kernel->name) : std::string("-")) + " " +
                    to_text(c.device) + " " + std::to_string(c.block_size));
    if (!c.skip.empty()) lines.back() += ": " + c.skip;
  }
  return lines;
}

using Lines = std::vector<std::string>;

}  // namespace qbench::test
