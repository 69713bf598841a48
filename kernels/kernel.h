// SPDX-License-Identifier: Apache-2.0
// Kernel: one implementation of one operation. Trial: a kernel with its inputs in place.
#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "reference/quantized_matrix.h"

namespace qbench {

enum class Op { roundtrip, matmul };

// What a kernel is given. The pointers outlive the trial.
struct Problem {
  Op op;
  const Matrix* weights;             // n x k, f32
  const QuantizedMatrix* quantized;  // the same by the reference; tells mode and block size
  const Matrix* x = nullptr;         // m x k, of dtype; matmul only
  Dtype dtype = Dtype::fp32;         // of x and of the output
};

class Trial {
 public:
  virtual ~Trial() = default;
  // Runs once and returns the seconds that it took, on the clock of the device.
  virtual double run_once() = 0;
  // Fills the output with NaN (codes with 0xa5), so that nothing left over can pass for a result.
  virtual void poison() = 0;
  // The output of the last run, as f32: m x n of a matmul, n x k of a roundtrip.
  virtual const Matrix& output() = 0;
  // The codes and scales that a roundtrip made, or nullptr.
  virtual const QuantizedMatrix* quantized() { return nullptr; }
};

struct Kernel {
  std::string_view name;  // what --kernels takes
  Op op;
  std::string_view device;  // "cpu", "cuda"
  const Mode* mode;         // nullptr: any
  // Why the problem cannot be run, or empty.
  std::string (*unsupported)(const Problem&);
  std::unique_ptr<Trial> (*prepare)(const Problem&);
};

// In the order of --list: the reference seen as one more kernel first.
const std::vector<Kernel>& all_kernels();

}  // namespace qbench
