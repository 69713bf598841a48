// SPDX-License-Identifier: Apache-2.0
// Rotation of a trial's runs on a Device, with the clock and power that NVML reports.
#include "kernels/device/replay.h"

#include <vector>

#include "kernels/device/nvml.h"

namespace qbench {
namespace {

constexpr std::size_t kMostRuns = 256;

class Rotation final : public Replay {
 public:
  Rotation(Device& device, std::size_t bytes, const std::function<Run()>& make_run)
      : device_(device.traits()) {
    const std::size_t between = 2 * device_.l2_bytes;
    const std::size_t wanted = 1 + (between + bytes - 1) / bytes;
    make_runs(std::min(wanted, kMostRuns), make_run);
    traits_ = {.runs = static_cast<int>(runs_.size()),
               .cold = between > 0 && (runs_.size() - 1) * bytes >= between,
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
    if (!elapsed.in_queue) out.unusable = "launches that were not queued within a second";
    return out;
  }

 private:
  void make_runs(std::size_t wanted, const std::function<Run()>& make_run) {
    try {
      while (runs_.size() < wanted) runs_.push_back(make_run());
    } catch (const DeviceOutOfMemory&) {
      if (runs_.empty()) throw;
    }
  }

  DeviceTraits device_;
  ReplayTraits traits_;
  std::vector<Run> runs_;
  std::unique_ptr<Recording> recording_;
};

}  // namespace

std::unique_ptr<Replay> rotate(Device& device, std::size_t bytes,
                               const std::function<Run()>& make_run) {
  return std::make_unique<Rotation>(device, std::max<std::size_t>(bytes, 1), make_run);
}

}  // namespace qbench
