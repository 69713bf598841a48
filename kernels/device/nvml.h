// SPDX-License-Identifier: Apache-2.0
// NVML, the driver's view of a GPU: clock, power, and why it is throttled. Loaded when it is first
// asked for, never linked; where it is absent, nothing is told.
#pragma once

#include <memory>
#include <optional>
#include <string>

namespace qbench {

struct GpuState {
  std::optional<double> clock_hz, power_w;  // of the multiprocessors; of the whole board
  // By heat or the power supply: what takes the clock below what the GPU could hold. Empty if not.
  std::string throttled;
};

class Nvml {
 public:
  explicit Nvml(const std::string& library);
  ~Nvml();

  // Why nothing can be told, or empty.
  const std::string& absent() const { return absent_; }
  std::string driver() const;  // its version
  // "0000:1b:00.0"; what the driver does not tell is left out.
  GpuState state(const std::string& pci_bus_id) const;

 private:
  struct Functions;
  std::unique_ptr<Functions> call_;
  std::string absent_;
};

// That of $QBENCH_NVML, or libnvidia-ml.so.1.
const Nvml& nvml();

}  // namespace qbench
