// SPDX-License-Identifier: Apache-2.0
// What the journal and write_file share: bytes to a file descriptor, and the one-line error of a
// system call.
#pragma once

#include <string>
#include <string_view>

namespace qbench {

// Throws std::runtime_error: "cannot WHAT PATH: strerror(errno)".
[[noreturn]] void fail(std::string_view what, const std::string& path);

// In one write(2) where the system takes it whole; goes on after short writes and signals.
void write_all(int file, std::string_view text, const std::string& path);

}  // namespace qbench
