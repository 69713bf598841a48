// SPDX-License-Identifier: Apache-2.0
// Atomic writes of files.
#include "reports/file.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <cstring>
#include <filesystem>
#include <stdexcept>
#include <system_error>

namespace qbench {
namespace {

struct Descriptor {
  int number;
  ~Descriptor() {
    if (number >= 0) ::close(number);
  }
};

// Files that cannot be replaced by renaming: terminals, pipes and others in /dev.
bool is_plain(const std::string& path) {
  struct stat status {};
  if (::stat(path.c_str(), &status) != 0) return true;
  return S_ISREG(status.st_mode) && !path.starts_with("/dev/") && !path.starts_with("/proc/");
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

NewFile::NewFile(const std::string& path) : path_(path) {
  std::error_code missing;
  const std::filesystem::path resolved = std::filesystem::canonical(path, missing);
  target_ = missing ? path : resolved.string();
  name_ = fmt::format("{}.{}.tmp", target_, ::getpid());
  file_ = ::open(name_.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0666);
  if (file_ < 0) fail("write", path);
}

NewFile::~NewFile() {
  ::close(file_);
  if (!kept_) ::unlink(name_.c_str());
}

void NewFile::write(std::string_view bytes) const { write_all(file_, bytes, path_); }

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
