// SPDX-License-Identifier: Apache-2.0
// Files: written whole or not at all, and bytes to a file descriptor, as the journal writes them.
#pragma once

#include <string>
#include <string_view>

namespace qbench {

// Writes the file whole or not at all: beside it first, flushed to disk, then renamed. Throws
// std::runtime_error.
void write_file(const std::string& path, std::string_view text);

// Throws std::runtime_error where write_file could not begin, and leaves nothing behind.
void check_writable(const std::string& path);

// Throws std::runtime_error: "cannot WHAT PATH: strerror(errno)".
[[noreturn]] void fail(std::string_view what, const std::string& path);

// In one write(2) where the system takes it whole; goes on after short writes and signals.
void write_all(int file, std::string_view text, const std::string& path);

}  // namespace qbench
