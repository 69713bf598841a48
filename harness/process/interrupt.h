// SPDX-License-Identifier: Apache-2.0
// Ctrl-C, SIGTERM, and SIGHUP unless it is ignored (nohup): the first signal ends the command once
// what is running is done, the second ends the process at once.
#pragma once

namespace qbench {

inline constexpr int kInterruptedExit = 130;

void catch_interrupts();
bool interrupted();

// The exit code of main: kInterruptedExit after an interrupt, otherwise `code`.
int with_interrupt(int code);

}  // namespace qbench
