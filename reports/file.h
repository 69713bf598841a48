// SPDX-License-Identifier: Apache-2.0
// Writes files atomically, and bytes to a file descriptor as the journal needs them.
#pragma once

#include <string>
#include <string_view>

namespace qbench {

// Writes the file atomically: to a new file beside it, flushed to disk and renamed. Throws
// std::runtime_error.
void write_file(const std::string& path, std::string_view text);

// Throws std::runtime_error if write_file could not begin. Leaves nothing behind.
void check_writable(const std::string& path);

// Throws std::runtime_error: "cannot WHAT PATH: strerror(errno)".
[[noreturn]] void fail(std::string_view what, const std::string& path);

// Writes the text with as few write(2) calls as the system allows, and continues after short writes
// and signals.
void write_all(int file, std::string_view text, const std::string& path);

}  // namespace qbench
