// SPDX-License-Identifier: Apache-2.0
// Rotation of a trial's runs on a Device, with the clock and power that NVML reports.
#include "kernels/device/replay.h"

#include <algorithm>
#include <utility>
#include <vector>

#include "kernels/device/nvml.h"

namespace qbench {
namespace {

constexpr std::size_t kMostRuns = 256;

std::size_t bytes_to_be_cold(const DeviceTraits& device) { return 2 * device.l2_bytes; }

// Runs are recorded in order and replayed.
class Recorded final : public Replay {
 public:
  // `between` bytes of other operands are used between two uses of one.
  Recorded(Device& device, std::vector<Run> runs, std::size_t between)
      : device_(device.traits()), runs_(std::move(runs)) {
    const std::size_t wanted = bytes_to_be_cold(device_);
    traits_ = {.runs = static_cast<int>(runs_.size()),
               .cold = wanted > 0 && between >= wanted,
               .clock_hz = device_.clock_hz};
    recording_ = device.record([this] {
      for (const Run& run : runs_) run();
    });
  }

  ReplayTraits traits() const override { return traits_; }

  Sample sample(int times) override {
    const Elapsed elapsed = recording_->replay(times);
    const double runs = static_cast<double>(times) * traits_.runs;
    Sample out;
    out.seconds = elapsed.seconds / runs;
    if (elapsed.cycles > 0) out.cycles = elapsed.cycles / runs;
    if (!device_.pci_bus_id.empty()) {
      const GpuState state = nvml().state(device_.pci_bus_id);
      out.clock_hz = state.clock_hz;
      out.power_w = state.power_w;
      out.unusable = state.throttled;
    }
    out.queued = elapsed.in_queue;
    if (!out.queued) out.unusable = "launches that were not queued within a second";
    return out;
  }

 private:
  DeviceTraits device_;
  ReplayTraits traits_;
  std::vector<Run> runs_;
  std::unique_ptr<Recording> recording_;
};

// Fewer where memory ends.
std::vector<Run> make_runs(std::size_t wanted, const std::function<Run()>& make_run) {
  std::vector<Run> runs;
  try {
    while (runs.size() < wanted) runs.push_back(make_run());
  } catch (const DeviceOutOfMemory&) {
    if (runs.empty()) throw;
  }
  return runs;
}

}  // namespace

std::unique_ptr<Replay> rotate(Device& device, std::size_t bytes,
                               const std::function<Run()>& make_run) {
  bytes = std::max<std::size_t>(bytes, 1);
  const std::size_t between = bytes_to_be_cold(device.traits());
  const std::size_t wanted = 1 + (between + bytes - 1) / bytes;
  std::vector<Run> runs = make_runs(std::min(wanted, kMostRuns), make_run);
  const std::size_t others = (runs.size() - 1) * bytes;
  return std::make_unique<Recorded>(device, std::move(runs), others);
}

std::unique_ptr<Replay> repeat(Device& device, std::size_t between, const Run& run) {
  return std::make_unique<Recorded>(device, std::vector{run}, between);
}

}  // namespace qbench
