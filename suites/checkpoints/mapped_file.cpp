// SPDX-License-Identifier: Apache-2.0
// MappedFile by POSIX mmap. If another process truncates a mapped file, SIGBUS ends the program.
#include "suites/checkpoints/mapped_file.h"

#include <fcntl.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <stdexcept>
#include <system_error>

namespace qbench {
namespace {

[[noreturn]] void fail(int error) {
  throw std::runtime_error("cannot be read: " + std::generic_category().message(error));
}

struct OpenFile {
  // O_NONBLOCK: a pipe is rejected below instead of waited for.
  explicit OpenFile(const std::string& path)
      : descriptor(open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK)) {
    if (descriptor < 0) fail(errno);
  }
  ~OpenFile() { close(descriptor); }
  OpenFile(const OpenFile&) = delete;
  OpenFile& operator=(const OpenFile&) = delete;

  int descriptor;
};

}  // namespace

MappedFile::MappedFile(const std::string& path) {
  const OpenFile file(path);
  struct stat status;
  if (fstat(file.descriptor, &status) != 0) fail(errno);
  if (!S_ISREG(status.st_mode)) throw std::runtime_error("is not a regular file");
  if (status.st_size == 0) return;
  const auto size = static_cast<std::size_t>(status.st_size);
  void* address = mmap(nullptr, size, PROT_READ, MAP_PRIVATE, file.descriptor, 0);
  if (address == MAP_FAILED) fail(errno);
  address_ = address;
  size_ = size;
}

MappedFile::~MappedFile() {
  if (address_ != nullptr) munmap(address_, size_);
}

}  // namespace qbench
