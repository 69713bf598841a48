// SPDX-License-Identifier: Apache-2.0
// Every right kernel is right on every schedule and with both poisons; every planted bug is seen.
#include "tests/kernels/emulator/cases.h"

#include <string>

#include "kernels/emulator/emulator.h"
#include "tests/catch.h"

using namespace qbench;

namespace {

std::vector<EmulatorOptions> all_options() {
  std::vector<EmulatorOptions> all;
  for (const char* schedule : {"forward", "reverse", "random:1", "random:2", "random:3"})
    for (const std::uint32_t poison : {0xffffffffu, 0x7e7e7e7eu}) {
      EmulatorOptions options{.poison = poison, .workers = 1};
      set_schedule(options, schedule);
      all.push_back(options);
    }
  return all;
}

// The error of a planted bug, "wrong" for a wrong result, or "" where nothing was seen.
std::string seen(const SimtFault& fault, const EmulatorOptions& options) {
  Emulator device(options);
  try {
    return fault.right(device) ? "" : "wrong";
  } catch (const DeviceError& error) {
    return error.what();
  }
}

}  // namespace

TEST_CASE("every kernel is right on every schedule and with both poisons") {
  for (const EmulatorOptions& options : all_options()) {
    Emulator device(options);
    for (const SimtCase& test : emulated::simt_cases()) {
      INFO(test.name << ", schedule " << static_cast<int>(options.schedule) << ":" << options.seed
                     << ", poison " << options.poison);
      CHECK(test.right(device));
    }
  }
}

TEST_CASE("every kernel is right on several worker threads") {
  Emulator device({.workers = 3});
  for (const SimtCase& test : emulated::simt_cases()) {
    INFO(test.name);
    CHECK(test.right(device));
  }
}

// [overflow]: some planted bugs write where AddressSanitizer forbids it.
TEST_CASE("breaches of CUDA's rules are seen on every schedule", "[overflow]") {
  for (const SimtFault& fault : emulated::simt_faults()) {
    if (fault.finder != Finder::emulator || !*fault.message) continue;
    for (const EmulatorOptions& options : all_options()) {
      const std::string message = seen(fault, options);
      INFO(fault.name << ": " << message);
      CHECK(message.find(fault.message) != std::string::npos);
    }
  }
}

TEST_CASE("bugs that break no rule of a warp or barrier give a wrong result on some schedule") {
  for (const SimtFault& fault : emulated::simt_faults()) {
    if (fault.finder != Finder::emulator || *fault.message) continue;
    int wrong = 0;
    for (const EmulatorOptions& options : all_options()) wrong += seen(fault, options) == "wrong";
    INFO(fault.name);
    CHECK(wrong > 0);
  }
}

TEST_CASE("an error names file, line, operation, thread, schedule and who waits where") {
  for (const SimtFault& fault : emulated::simt_faults()) {
    if (std::string(fault.name) != "divergent_barrier") continue;
    const std::string message = seen(fault, {.workers = 1});
    for (const char* part : {"faults.cuh:", ": __syncthreads: ", "others wait at faults.cuh:",
                             "block (0,0,0) thread (32,0,0) warp 1 lane 0", "schedule forward",
                             "32 threads wait at", ": 0-31", "launched at faults.cuh:"}) {
      INFO(part << " in " << message);
      CHECK(message.find(part) != std::string::npos);
    }
  }
}

TEST_CASE("an emulator that met an error runs the next kernel", "[overflow]") {
  Emulator device({.workers = 2});
  for (const SimtFault& fault : emulated::simt_faults()) {
    if (fault.finder != Finder::emulator || !*fault.message) continue;
    CHECK_THROWS_AS(fault.right(device), DeviceError);
    CHECK(emulated::simt_cases().front().right(device));
  }
}
