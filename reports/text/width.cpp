// SPDX-License-Identifier: Apache-2.0
// The width of the terminal.
#include "reports/text/width.h"

#include <sys/ioctl.h>
#include <unistd.h>

#include <algorithm>
#include <charconv>
#include <cstdlib>
#include <optional>
#include <string_view>

namespace qbench {
namespace {

constexpr std::size_t kLeast = 60;

std::optional<std::size_t> told_width() {
  const char* columns = std::getenv("COLUMNS");
  if (columns == nullptr) return {};
  const std::string_view text = columns;
  std::size_t width = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), width);
  if (error != std::errc() || end != text.data() + text.size() || width == 0) return {};
  return width;
}

}  // namespace

std::size_t terminal_width(int descriptor, std::size_t otherwise) {
  winsize size{};
  const bool told = ::ioctl(descriptor, TIOCGWINSZ, &size) == 0 && size.ws_col > 0;
  return told ? size.ws_col : otherwise;
}

std::size_t table_width() {
  return std::max(kLeast, told_width().value_or(terminal_width(STDOUT_FILENO, kFileWidth)));
}

}  // namespace qbench
