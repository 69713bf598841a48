// SPDX-License-Identifier: Apache-2.0
// NVML through dlopen. Prototypes and numbers as in NVIDIA's NVML API reference; all that is used
// has been stable since R470, but for the name of the throttle reasons.
#include "kernels/device/nvml.h"

#include <dlfcn.h>

#include <cstdlib>
#include <utility>

namespace qbench {
namespace {

using Device = void*;
constexpr int kSuccess = 0;
constexpr int kClockSm = 1;  // NVML_CLOCK_SM

// nvmlClocksEventReason...; the power cap (0x4) is not one of them: it is how a GPU under full load
// is meant to run, and a clock that falls too low for it is seen by itself.
constexpr std::pair<unsigned long long, const char*> kThrottles[] = {
    {0x8, "hardware slowdown"},
    {0x20, "software thermal slowdown"},
    {0x40, "hardware thermal slowdown"},
    {0x80, "power brake"}};

}  // namespace

struct Nvml::Functions {
  int (*init)();
  int (*shutdown)();
  int (*handle)(const char* pci_bus_id, Device*);
  int (*clock)(Device, int type, unsigned* megahertz);
  int (*power)(Device, unsigned* milliwatts);
  int (*reasons)(Device, unsigned long long*);
  int (*driver)(char* version, unsigned length);
};

Nvml::Nvml(const std::string& library) {
  void* const opened = dlopen(library.c_str(), RTLD_NOW | RTLD_LOCAL);
  if (opened == nullptr) {
    absent_ = library + " cannot be loaded";
    return;
  }
  auto call = std::make_unique<Functions>();
  const auto find = [&](auto& function, const char* name) {
    function = reinterpret_cast<std::decay_t<decltype(function)>>(dlsym(opened, name));
    if (function == nullptr && absent_.empty()) absent_ = library + " has no " + name;
  };
  find(call->init, "nvmlInit_v2");
  find(call->shutdown, "nvmlShutdown");
  find(call->handle, "nvmlDeviceGetHandleByPciBusId_v2");
  find(call->clock, "nvmlDeviceGetClockInfo");
  find(call->power, "nvmlDeviceGetPowerUsage");
  find(call->driver, "nvmlSystemGetDriverVersion");
  find(call->reasons, "nvmlDeviceGetCurrentClocksThrottleReasons");
  if (!absent_.empty()) return;
  if (const int error = call->init(); error != kSuccess)
    absent_ = "nvmlInit_v2 of " + library + " failed with error " + std::to_string(error);
  else
    call_ = std::move(call);
}

Nvml::~Nvml() {
  if (call_) call_->shutdown();
}

std::string Nvml::driver() const {
  char version[80] = "";
  return call_ && call_->driver(version, sizeof version) == kSuccess ? version : "";
}

GpuState Nvml::state(const std::string& pci_bus_id) const {
  GpuState out;
  Device device = nullptr;
  if (!call_ || call_->handle(pci_bus_id.c_str(), &device) != kSuccess) return out;
  unsigned number = 0;
  unsigned long long reasons = 0;
  if (call_->clock(device, kClockSm, &number) == kSuccess) out.clock_hz = 1e6 * number;
  if (call_->power(device, &number) == kSuccess) out.power_w = 1e-3 * number;
  if (call_->reasons(device, &reasons) != kSuccess) return out;
  for (const auto& [bit, name] : kThrottles)
    if (reasons & bit) out.throttled += (out.throttled.empty() ? "" : ", ") + std::string(name);
  return out;
}

const Nvml& nvml() {
  static const Nvml loaded([] {
    const char* const given = std::getenv("QBENCH_NVML");
    return given != nullptr ? given : "libnvidia-ml.so.1";
  }());
  return loaded;
}

}  // namespace qbench
