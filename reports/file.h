// SPDX-License-Identifier: Apache-2.0
// Writes files atomically, and bytes to a file descriptor as the journal needs them.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace qbench {

// Returns the name PLACE.PID.part, under which this process makes the file or folder of a place
// until it is whole. The process holds a lock (flock) on it meanwhile.
std::string name_of_unfinished(const std::string& place);

// Removes the unfinished files and folders that killed processes have left beside the place: those
// that nobody has locked, and whose name has the number of a dead process or of this one.
void remove_abandoned(const std::string& place);

// Locks what was opened under such a name until it is closed.
void lock_unfinished(int file);

// A file that is written beside its place, in pieces, and takes it when it is whole. Symbolic links
// are followed. Everything throws std::runtime_error where the file cannot be written.
class NewFile {
 public:
  explicit NewFile(const std::string& path);
  NewFile(const NewFile&) = delete;
  NewFile& operator=(const NewFile&) = delete;
  ~NewFile();  // removes it unless it was kept

  void write(std::string_view bytes) const;  // after what is written already
  void write_at(std::int64_t offset, std::string_view bytes) const;
  // Flushes it to disk and renames it.
  void keep();

 private:
  std::string path_, target_, name_;
  int file_ = -1;
  bool kept_ = false;
};

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
