// SPDX-License-Identifier: Apache-2.0
// Kernel: one implementation of one operation. Trial: a kernel with its inputs in place.
#pragma once

#include <functional>
#include <limits>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "kernels/device/device_id.h"
#include "kernels/device/replay.h"
#include "kernels/operation.h"
#include "reference/errors/error.h"
#include "reference/lora.h"
#include "reference/planes/quantized_matrix.h"

namespace qbench {

// The inputs of a kernel. The pointers outlive the trial.
struct Problem {
  Op op;
  const Mode* mode;
  const Matrix* weights;             // n x k, f32
  const QuantizedMatrix* quantized;  // the same, quantized by the reference; has the block size
  const Matrix* x = nullptr;         // m x k, of dtype; products only
  // The type of x and y, of weights to quantize (which are numbers of it), of dequantized weights.
  Dtype dtype = Dtype::fp32;
  int device_index = 0;  // of several devices of the kernel's kind
  // Where the operation has an adapter, which is of dtype, and a gradient: that of y, m x n, of
  // dtype.
  const reference::Adapter* adapter = nullptr;
  const Matrix* g = nullptr;
};

// The reason why int32 cannot hold a sum of k products of int8 codes, or empty.
inline std::string why_int32_overflows(const Problem& problem) {
  constexpr std::int64_t kMost = std::numeric_limits<std::int32_t>::max() / (127 * 127);
  const std::int64_t k = problem.weights->cols;
  if (k <= kMost) return {};
  return "k must be at most " + std::to_string(kMost) + ", as int32 holds the sums, not " +
         std::to_string(k);
}

class Trial {
 public:
  virtual ~Trial() = default;
  // Runs once and returns the seconds that it took, on the clock of the device.
  virtual double run_once() = 0;
  // Fills the output with NaN (codes with 0xa5), so that nothing left over can pass for a result.
  virtual void poison() = 0;
  // The output of the last run, as f32: m x n of a product, n x k of dequantized weights, the
  // gradient of x, empty of quantize.
  virtual const Matrix& output() = 0;
  // The codes and scales of the last run; nullptr for an operation that makes none.
  virtual const QuantizedMatrix* quantized() { return nullptr; }
  // The gradients of the last run, that of x too; nullptr for an operation that makes none.
  virtual const reference::LoraGradients* gradients() { return nullptr; }
  // The same run as its device repeats and times it; nullptr where run_once is how to time it. The
  // trial outlives it.
  virtual std::unique_ptr<Replay> replay() { return nullptr; }
  // The run alone, as its device queues it, without waiting; nullptr where run_once is the only
  // way.
  virtual Run launches() { return nullptr; }
  // The device whose memory it uses; nullptr: the host.
  virtual Device* device() { return nullptr; }
};

struct Kernel {
  std::string_view name;  // what --kernels takes
  Op op;
  DeviceKind device;
  const Mode* mode;  // nullptr: any
  // The reason why the problem cannot be run, or empty: a need of the kernel, as a phrase that
  // follows its name and a colon.
  std::function<std::string(const Problem&)> unsupported;
  std::function<std::unique_ptr<Trial>(const Problem&)> prepare;
  bool timed = true;     // false on the emulated device, which has no clock
  bool counted = true;   // all its scratch memory is in Buffers
  bool whole = true;     // CPU only: run_once does nothing beside what it times
  bool foreign = false;  // of a shared library: it may crash, hang or take all memory
  Arithmetic arithmetic = {};
};

// The kernels of one run, in the order of --list. Cases point into the table, which is made once,
// before the sweep is expanded, and does not change.
using KernelTable = std::vector<Kernel>;

// The built-in kernels: the reference, seen as one more kernel, then the CUDA kernels, then the
// same on the emulator.
const KernelTable& all_kernels();

// `kernels`, then `more`. Throws std::invalid_argument for a name that another kernel has for the
// same operation, device and mode.
KernelTable joined(KernelTable kernels, const KernelTable& more);

}  // namespace qbench
