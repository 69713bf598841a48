// SPDX-License-Identifier: Apache-2.0
// How readers and writers of files refuse one.
#pragma once

#include <stdexcept>
#include <string>
#include <string_view>

#include "reports/text/text.h"

namespace qbench {

// Throws std::runtime_error with the message, one line; callers put the file's name before it.
[[noreturn]] inline void fail_file(const std::string& message) {
  throw std::runtime_error(message);
}

[[noreturn]] inline void fail_tensor(std::string_view tensor, const std::string& message) {
  fail_file("tensor " + in_quotes(tensor) + ": " + message);
}

}  // namespace qbench
