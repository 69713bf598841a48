// SPDX-License-Identifier: Apache-2.0
// Signals set a flag that loops poll.
#include "harness/process/interrupt.h"

#include <unistd.h>

#include <cerrno>
#include <csignal>
#include <string_view>

namespace qbench {
namespace {

volatile std::sig_atomic_t asked = 0;

constexpr std::string_view kNotice =
    "\nqbench: interrupted: ending after what is running; once more ends at once "
    "(half-written files stay then until they are written again)\n";

// A terminal that is closed may send SIGHUP twice, which nobody asked for: only other signals end
// the process when they come again.
void on_signal(int signal) {
  if (asked && signal == SIGHUP) return;
  const int error = errno;
  if (asked) ::_exit(kInterruptedExit);
  asked = 1;
  // Failure is ignored: stderr may be closed.
  [[maybe_unused]] const auto written = ::write(STDERR_FILENO, kNotice.data(), kNotice.size());
  errno = error;
}

}  // namespace

// SA_RESTART: system calls resume, so a file that is being written is completed.
void catch_interrupts() {
  struct sigaction action {};
  action.sa_handler = on_signal;
  action.sa_flags = SA_RESTART;
  for (const int signal : {SIGINT, SIGTERM}) ::sigaction(signal, &action, nullptr);
  struct sigaction hangup {};
  if (::sigaction(SIGHUP, nullptr, &hangup) == 0 && hangup.sa_handler != SIG_IGN)
    ::sigaction(SIGHUP, &action, nullptr);
}

bool interrupted() { return asked != 0; }

int with_interrupt(int code) { return interrupted() ? kInterruptedExit : code; }

}  // namespace qbench
