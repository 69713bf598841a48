// SPDX-License-Identifier: Apache-2.0
// The cases on the emulator, for builds with a sanitizer.
#include "kernels/emulator/emulator.h"
#include "tests/kernels/emulator/run_cases.h"

int main(int argc, char** argv) {
  qbench::Emulator device;
  try {
    if (argc > 1) return qbench::run_fault(device, qbench::emulated::simt_faults(), argv[1]);
    return qbench::run_cases(device, qbench::emulated::simt_cases());
  } catch (const qbench::DeviceError& error) {
    std::printf("%s\n", error.what());
    return 2;
  }
}
