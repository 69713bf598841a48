// SPDX-License-Identifier: Apache-2.0
// A library that answers as NVML does, of one GPU at 0000:1b:00.0. What it says is set through the
// environment: FAKE_NVML_REASONS (a bit mask), FAKE_NVML_INIT and FAKE_NVML_POWER (errors).
#include <cstdlib>
#include <cstring>

namespace {

int number(const char* name) {
  const char* const text = std::getenv(name);
  return text == nullptr ? 0 : std::atoi(text);
}

int gpu;

}  // namespace

extern "C" {

int nvmlInit_v2() { return number("FAKE_NVML_INIT"); }
int nvmlShutdown() { return 0; }
int nvmlSystemGetDriverVersion(char* version, unsigned length) {
  std::strncpy(version, "580.65.06", length);
  return 0;
}
int nvmlDeviceGetHandleByPciBusId_v2(const char* pci_bus_id, void** device) {
  *device = &gpu;
  return std::strcmp(pci_bus_id, "0000:1b:00.0") == 0 ? 0 : 6;  // NVML_ERROR_NOT_FOUND
}
int nvmlDeviceGetClockInfo(void* device, int type, unsigned* megahertz) {
  *megahertz = 1755;
  return device == &gpu && type == 1 ? 0 : 2;  // NVML_ERROR_INVALID_ARGUMENT
}
int nvmlDeviceGetPowerUsage(void*, unsigned* milliwatts) {
  *milliwatts = 412500;
  return number("FAKE_NVML_POWER");
}
#ifndef FAKE_NVML_OLD
int nvmlDeviceGetCurrentClocksThrottleReasons(void*, unsigned long long* reasons) {
  *reasons = static_cast<unsigned long long>(number("FAKE_NVML_REASONS"));
  return 0;
}
#endif
}
