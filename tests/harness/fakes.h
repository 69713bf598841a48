// SPDX-License-Identifier: Apache-2.0
// Kernels that cannot run, a clock that a test winds, and small cases. What lies is in
// harness/selftest/faults.h.
#pragma once

#include <algorithm>
#include <stdexcept>

#include "harness/selftest/faults.h"
#include "kernels/device/device.h"
#include "kernels/kernel.h"
#include "suites/suite.h"

namespace qbench::test {

inline const Kernel& reference_kernel(Op op) {
  return *std::ranges::find(all_kernels(), op, &Kernel::op);
}

class Throwing : public Trial {
 public:
  double run_once() override { throw std::runtime_error("the device has left"); }
  void poison() override {}
  const Matrix& output() override { return output_; }

 private:
  Matrix output_;
};

class TooLarge : public Throwing {
 public:
  double run_once() override { throw DeviceOutOfMemory("cudaMalloc of 9 bytes"); }
};

inline std::string supported(const Problem&) { return {}; }
inline std::string unsupported(const Problem&) { return "no tensor cores here"; }

template <class T>
std::unique_ptr<Trial> prepare(const Problem&) {
  return std::make_unique<T>();
}

inline Kernel fake(Op op, std::unique_ptr<Trial> (*prepare)(const Problem&)) {
  return {.name = "fake",
          .op = op,
          .device = DeviceKind::cpu,
          .mode = nullptr,
          .unsupported = supported,
          .prepare = prepare};
}

// A small case of the suite that the kernel is for.
inline Case small_case(const Kernel& kernel, const char* mode = "nf4") {
  Case c;
  c.suite = kernel.op == Op::matmul ? find_suite("gemm")
                                    : &*std::ranges::find(all_suites(), kernel.op, &Suite::op);
  c.mode = find_mode(mode);
  c.kernel = &kernel;
  c.dtype = c.operation().has_dtype ? c.mode->dtype : Dtype::fp32;
  c.block_size = c.mode->block_size;
  c.shape = {c.operation().has_x ? 5 : 0, 24, 192};
  c.rank = c.operation().has_adapter ? 4 : 0;
  return c;
}

// Seconds that pass only when a test says so: a Clock.
inline double fake_now = 0;
inline double fake_seconds() { return fake_now; }

}  // namespace qbench::test
