// SPDX-License-Identifier: Apache-2.0
// NVML, the driver's view of a GPU: clock, power, and why it is throttled. Loaded when it is first
// asked for, never linked; where it is absent, no figure is reported.
#pragma once

#include <memory>
#include <optional>
#include <string>

namespace qbench {

struct GpuState {
  std::optional<double> clock_hz, power_w;  // of the multiprocessors; of the whole board
  // The reason, heat or the power supply, that holds the clock below what the GPU could keep; or
  // empty.
  std::string throttled;
};

class Nvml {
 public:
  explicit Nvml(const std::string& library);
  ~Nvml();

  // The reason why NVML is unavailable, or empty.
  const std::string& absent() const { return absent_; }
  std::string driver() const;  // its version
  // "0000:1b:00.0"; what the driver does not report is left out.
  GpuState state(const std::string& pci_bus_id) const;

 private:
  struct Functions;
  std::unique_ptr<Functions> call_;
  std::string absent_;
};

// The library $QBENCH_NVML, or libnvidia-ml.so.1.
const Nvml& nvml();

}  // namespace qbench
