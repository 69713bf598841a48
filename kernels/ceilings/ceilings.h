// SPDX-License-Identifier: Apache-2.0
// The ceilings of a device: plain kernels against whose speed that of all others is measured.
#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "kernels/device/replay.h"

namespace qbench {

struct CeilingSizes {
  std::size_t bytes = std::size_t{256} << 20;  // that a run reads; in multiples of 16
  int iterations = 2048;                       // of a chain of products
};

// A trial on random data: zeros and constants draw less power, and so run at a higher clock.
class CeilingTrial {
 public:
  virtual ~CeilingTrial() = default;
  virtual std::string_view name() const = 0;  // "copy", "read", "bf16", "s8"
  virtual double work() const = 0;  // of a run: bytes moved, or multiplications and additions
  virtual std::unique_ptr<Replay> replay() = 0;
  // The fault in the result of the last replay, or empty.
  virtual std::string wrong() = 0;
};

using CeilingTrials = std::vector<std::unique_ptr<CeilingTrial>>;

namespace cuda {
CeilingTrials ceilings(int device_index, const CeilingSizes& sizes = {});  // none without CUDA
}
namespace emulated {
CeilingTrials ceilings(int device_index, const CeilingSizes& sizes = {});
}

}  // namespace qbench
