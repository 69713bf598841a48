// SPDX-License-Identifier: Apache-2.0
// Shows how many cases are done and which one runs.
#include "harness/output/progress.h"

#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <cstdio>

#include "reports/text/text.h"
#include "reports/text/width.h"

namespace qbench {
namespace {

constexpr std::size_t kBar = 20, kWidth = 80;  // fallback width

}  // namespace

Progress::Progress(std::size_t cases, bool quiet, std::size_t every)
    : cases_(cases),
      every_(every),
      quiet_(quiet),
      terminal_(!quiet && isatty(STDERR_FILENO) != 0) {}

Progress::~Progress() {
  if (terminal_) fmt::print(stderr, "\r\x1b[K");
}

std::string Progress::left() const {
  if (begun_ < 2) return {};
  const std::chrono::duration<double> spent = std::chrono::steady_clock::now() - start_;
  const auto done = static_cast<double>(begun_ - 1);
  return fmt::format(" {:.0f} s left", spent.count() / done * (static_cast<double>(cases_) - done));
}

void Progress::begin(const std::string& raw_id) {
  ++begun_;
  if (quiet_) return;
  const std::string id = printable(raw_id);
  if (!terminal_) {
    if ((begun_ - 1) % every_ == 0) fmt::print(stderr, "[{}/{}] {}\n", begun_, cases_, id);
    return;
  }
  const std::size_t filled = kBar * (begun_ - 1) / cases_;
  std::string line = fmt::format("[{:=<{}}{: <{}}] {}/{}{}  {}", "", filled, "", kBar - filled,
                                 begun_, cases_, left(), id);
  fmt::print(stderr, "\r\x1b[K{}", shorten(line, terminal_width(STDERR_FILENO, kWidth) - 1));
  std::fflush(stderr);
}

}  // namespace qbench
