// SPDX-License-Identifier: Apache-2.0
// Ctrl-C and SIGTERM: the first asks for an end once what is running is done, a second one ends the
// process at once.
#pragma once

namespace qbench {

inline constexpr int kInterruptedExit = 130;

void catch_interrupts();
bool interrupted();

// The exit code of main: 130 where it was interrupted, else `code`.
int with_interrupt(int code);

}  // namespace qbench
