// SPDX-License-Identifier: Apache-2.0
// The cases on a GPU, and on the emulator in the same program; exit 77 where there is no GPU.
#include <memory>

#include "kernels/emulator/emulator.h"
#include "tests/kernels/emulator/run_cases.h"

namespace {
std::unique_ptr<qbench::Device> open_or_say_why() {
  try {
    return qbench::open_cuda_device();
  } catch (const qbench::DeviceError& error) {
    std::printf("not run: %s\n", error.what());
    return nullptr;
  }
}
}  // namespace

int main() {
  const std::unique_ptr<qbench::Device> device = open_or_say_why();
  qbench::Emulator emulator;
  try {
    if (const int wrong = qbench::run_cases(emulator, qbench::emulated::simt_cases())) return wrong;
    return device ? qbench::run_cases(*device, qbench::cuda::simt_cases()) : 77;
  } catch (const qbench::DeviceError& error) {
    std::printf("%s\n", error.what());
    return 2;
  }
}
