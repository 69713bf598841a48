// SPDX-License-Identifier: Apache-2.0
// Atomic writes of files.
#include "reports/file.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <signal.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <charconv>
#include <cstdio>
#include <cstring>
#include <filesystem>
#include <optional>
#include <stdexcept>
#include <system_error>
#include <vector>

namespace qbench {
namespace {

struct Descriptor {
  int number;
  ~Descriptor() {
    if (number >= 0) ::close(number);
  }
};

constexpr std::string_view kUnfinished = ".part";

// Files that cannot be replaced by renaming: terminals, pipes and others in /dev.
bool is_plain(const std::string& path) {
  struct stat status {};
  if (::stat(path.c_str(), &status) != 0) return true;
  return S_ISREG(status.st_mode) && !path.starts_with("/dev/") && !path.starts_with("/proc/");
}

// False of what cannot be opened or locked: it may be another user's.
bool is_unlocked(const std::filesystem::path& path) {
  const Descriptor file{::open(path.c_str(), O_RDONLY | O_NONBLOCK | O_CLOEXEC)};
  return file.number >= 0 && ::flock(file.number, LOCK_EX | LOCK_NB) == 0;
}

// The process of a name of name_of_unfinished; nullopt of other names.
std::optional<::pid_t> maker_of(std::string_view name, std::string_view place) {
  if (!name.starts_with(place) || !name.ends_with(kUnfinished)) return {};
  name.remove_prefix(place.size());
  name.remove_suffix(std::min(kUnfinished.size(), name.size()));
  if (name.size() < 2 || name.front() != '.') return {};
  ::pid_t process = 0;
  const auto [end, error] = std::from_chars(name.begin() + 1, name.end(), process);
  const bool whole = error == std::errc() && end == name.end() && name[1] != '-';
  return whole ? std::optional(process) : std::nullopt;
}

// A living process may not have locked what it makes yet. This one has its number from one that is
// dead, as in a container, where numbers begin anew.
bool is_dead(::pid_t process) {
  return process == ::getpid() || (::kill(process, 0) != 0 && errno == ESRCH);
}

void write_straight(const std::string& path, std::string_view text) {
  const bool to_stdout = path == "/dev/stdout";
  if (to_stdout) std::fflush(stdout);
  const Descriptor file{to_stdout ? ::dup(STDOUT_FILENO)
                                  : ::open(path.c_str(), O_WRONLY | O_APPEND | O_CLOEXEC)};
  if (file.number < 0) fail("open", path);
  write_all(file.number, text, path);
}

}  // namespace

void remove_abandoned(const std::string& place) {
  const std::filesystem::path path(place);
  const std::string name = path.filename().string();
  const auto folder = path.has_parent_path() ? path.parent_path() : std::filesystem::path(".");
  std::error_code error;
  std::vector<std::filesystem::path> found;
  for (std::filesystem::directory_iterator at(folder, error), end; !error && at != end;
       at.increment(error)) {
    const auto maker = maker_of(at->path().filename().string(), name);
    if (maker && is_dead(*maker) && is_unlocked(at->path())) found.push_back(at->path());
  }
  for (const std::filesystem::path& each : found) std::filesystem::remove_all(each, error);
}

std::string name_of_unfinished(const std::string& place) {
  return fmt::format("{}.{}{}", place, ::getpid(), kUnfinished);
}

// A file system without locks leaves what is unfinished where it is.
void lock_unfinished(int file) { ::flock(file, LOCK_EX | LOCK_NB); }

NewFile::NewFile(const std::string& path) : path_(path) {
  std::error_code missing;
  const std::filesystem::path resolved = std::filesystem::canonical(path, missing);
  target_ = missing ? path : resolved.string();
  remove_abandoned(target_);
  name_ = name_of_unfinished(target_);
  file_ = ::open(name_.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0666);
  if (file_ < 0) fail("write", path);
  lock_unfinished(file_);
}

NewFile::~NewFile() {
  ::close(file_);
  if (!kept_) ::unlink(name_.c_str());
}

void NewFile::write(std::string_view bytes) const { write_all(file_, bytes, path_); }

void NewFile::write_at(std::int64_t offset, std::string_view bytes) const {
  while (!bytes.empty()) {
    const ssize_t written = ::pwrite(file_, bytes.data(), bytes.size(), offset);
    if (written < 0 && errno == EINTR) continue;
    if (written <= 0) fail("write", path_);
    bytes.remove_prefix(static_cast<std::size_t>(written));
    offset += written;
  }
}

void NewFile::keep() {
  if (::fsync(file_) != 0) fail("write", path_);
  if (::rename(name_.c_str(), target_.c_str()) != 0) fail("write", path_);
  kept_ = true;
}

void fail(std::string_view what, const std::string& path) {
  throw std::runtime_error(fmt::format("cannot {} {}: {}", what, path, std::strerror(errno)));
}

void write_all(int file, std::string_view text, const std::string& path) {
  while (!text.empty()) {
    const ssize_t written = ::write(file, text.data(), text.size());
    if (written < 0 && errno == EINTR) continue;
    if (written < 0) fail("write", path);
    text.remove_prefix(static_cast<std::size_t>(written));
  }
}

void write_file(const std::string& path, std::string_view text) {
  if (!is_plain(path)) return write_straight(path, text);
  NewFile file(path);
  file.write(text);
  file.keep();
}

void check_writable(const std::string& path) {
  if (std::filesystem::is_directory(path))
    throw std::runtime_error(fmt::format("cannot write {}: it is a folder", path));
  if (is_plain(path)) {
    const NewFile file(path);
  } else if (::access(path.c_str(), W_OK) != 0) {
    fail("write", path);  // opening a pipe would wait for a reader
  }
}

}  // namespace qbench
