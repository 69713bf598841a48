// SPDX-License-Identifier: Apache-2.0
// Files that appear whole or not at all.
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

#include "reports/report.h"

namespace qbench {
namespace {

struct Descriptor {
  int number;
  ~Descriptor() {
    if (number >= 0) ::close(number);
  }
};

// Terminals, pipes and whatever else lies in /dev cannot be renamed onto.
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
  std::error_code missing;
  const std::filesystem::path resolved = std::filesystem::canonical(path, missing);
  const std::string target = missing ? path : resolved.string();  // behind symbolic links
  const std::string beside = fmt::format("{}.{}.tmp", target, ::getpid());
  const Descriptor file{::open(beside.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0666)};
  if (file.number < 0) fail("create", beside);
  try {
    write_all(file.number, text, path);
    if (::fsync(file.number) != 0) fail("write", path);
    if (::rename(beside.c_str(), target.c_str()) != 0) fail("write", path);
  } catch (...) {
    ::unlink(beside.c_str());
    throw;
  }
}

}  // namespace qbench
