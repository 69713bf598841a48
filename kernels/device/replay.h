// SPDX-License-Identifier: Apache-2.0
// Replay: the runs of a trial as its device repeats and times them, on rotating copies of what they
// read.
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>

#include "kernels/device/device.h"

namespace qbench {

// The time of one run, the mean of a replay.
struct Sample {
  double seconds = 0;
  std::optional<double> cycles;             // of a multiprocessor's clock, measured in the replay
  std::optional<double> clock_hz, power_w;  // as the driver reports
  std::string unusable;                     // why the sample does not count, or empty
  bool queued = true;                       // false: more launches than the host queues in time
};

struct ReplayTraits {
  int runs = 1;         // in one replay
  bool cold = false;    // what a run reads has left the cache since it was last read
  double clock_hz = 0;  // for which the device is made; 0 where unknown
};

class Replay {
 public:
  virtual ~Replay() = default;
  virtual ReplayTraits traits() const = 0;
  // Replays `times` in a row.
  virtual Sample sample(int times) = 0;
};

// A run on operands of its own, which it holds.
using Run = std::function<void()>;

// Replays runs on copies of their `bytes`, in rotation. There are so many copies that at least
// twice the L2 cache is read between two uses of one. Where that takes more than 256 copies, or
// more memory than there is, there are fewer, and the state is not cold. Activations and results
// are not copied: in a model they have just been written.
std::unique_ptr<Replay> rotate(Device& device, std::size_t bytes,
                               const std::function<Run()>& make_run);

// Repeats one run, which between two uses of an operand uses at least `between` bytes of others.
std::unique_ptr<Replay> repeat(Device& device, std::size_t between, const Run& run);

}  // namespace qbench
