// SPDX-License-Identifier: Apache-2.0
// Writes to a temporary file, which takes the place of the old one whole.
#include "suites/checkpoints/safetensors_writer.h"

#include <fcntl.h>
#include <sys/types.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstdio>
#include <filesystem>
#include <nlohmann/json.hpp>
#include <stdexcept>
#include <system_error>

#include "suites/checkpoints/safetensors_dtypes.h"
#include "suites/checkpoints/safetensors_header.h"

namespace qbench {
namespace {

using Json = nlohmann::ordered_json;

constexpr std::size_t kAlignment = 8;  // of the data, in bytes

std::string reason() { return std::generic_category().message(errno); }

// Wide dtypes first, then names.
void sort_as_library(std::vector<TensorHeader>& tensors) {
  std::sort(tensors.begin(), tensors.end(), [](const TensorHeader& a, const TensorHeader& b) {
    const auto *a_dtype = find_file_dtype(a.dtype), *b_dtype = find_file_dtype(b.dtype);
    return a_dtype != b_dtype ? a_dtype > b_dtype : a.name < b.name;
  });
}

// The size, or -1 where there is none.
std::int64_t bytes_of(const TensorHeader& tensor) {
  const FileDtype* dtype = find_file_dtype(tensor.dtype);
  if (dtype == nullptr) return -1;
  std::int64_t bits = dtype->bits;
  for (const std::int64_t dimension : tensor.shape)
    if (dimension < 0 || __builtin_mul_overflow(bits, dimension, &bits)) return -1;
  return bits % 8 == 0 ? bits / 8 : -1;
}

Json entry(const TensorHeader& tensor, std::int64_t begin, std::int64_t end) {
  Json entry;
  entry["dtype"] = tensor.dtype;
  entry["shape"] = tensor.shape;
  entry["data_offsets"] = {begin, end};
  return entry;
}

}  // namespace

SafetensorsWriter::SafetensorsWriter(std::string path, std::vector<TensorHeader> tensors,
                                     const std::map<std::string, std::string>& metadata)
    : path_(std::move(path)) {
  Json header = Json::object();
  if (!metadata.empty()) header["__metadata__"] = metadata;
  std::int64_t end = 0;
  for (const TensorHeader& tensor : tensors)
    if (bytes_of(tensor) < 0) fail("tensor " + in_quotes(tensor.name) + " has no size in bytes");
  sort_as_library(tensors);
  for (const TensorHeader& tensor : tensors) {
    const Place place = {.begin = end, .size = bytes_of(tensor)};
    if (!places_.emplace(tensor.name, place).second || tensor.name == "__metadata__")
      fail("tensor " + in_quotes(tensor.name) + " cannot be written under this name, or is twice");
    end += place.size;
    header[tensor.name] = entry(tensor, place.begin, end);
  }
  std::string text = header.dump(-1, ' ', false, Json::error_handler_t::replace);
  text.resize((text.size() + kAlignment - 1) / kAlignment * kAlignment, ' ');
  for (auto& [name, place] : places_)
    place.begin += static_cast<std::int64_t>(kAlignment + text.size());
  const std::uint64_t length = text.size();
  open_temporary();
  try {
    write_at(0, std::as_bytes(std::span(&length, 1)));
    write_at(kAlignment, std::as_bytes(std::span(text)));
  } catch (...) {
    discard();
    throw;
  }
}

SafetensorsWriter::~SafetensorsWriter() { discard(); }

void SafetensorsWriter::discard() {
  if (file_ < 0) return;
  close(file_);
  unlink(temporary_.c_str());
  file_ = -1;
}

void SafetensorsWriter::fail(const std::string& message) const {
  throw std::runtime_error(path_ + ": " + message);
}

void SafetensorsWriter::open_temporary() {
  temporary_ = path_ + ".part" + std::to_string(getpid());
  file_ = open(temporary_.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0666);
  if (file_ < 0) fail("cannot be written: " + reason());
}

void SafetensorsWriter::write_at(std::int64_t offset, std::span<const std::byte> bytes) {
  while (!bytes.empty()) {
    const ssize_t written = pwrite(file_, bytes.data(), bytes.size(), offset);
    if (written < 0 && errno == EINTR) continue;
    if (written <= 0) fail("cannot be written: " + reason());
    bytes = bytes.subspan(static_cast<std::size_t>(written));
    offset += written;
  }
}

void SafetensorsWriter::write(const std::string& name, std::span<const std::byte> bytes) {
  const auto found = places_.find(name);
  if (found == places_.end()) fail("has no tensor " + in_quotes(name));
  Place& place = found->second;
  if (place.written) fail("tensor " + in_quotes(name) + " is written already");
  if (place.size != std::ssize(bytes))
    fail("tensor " + in_quotes(name) + " has " + std::to_string(bytes.size()) +
         " bytes, where its header has " + std::to_string(place.size));
  write_at(place.begin, bytes);
  place.written = true;
}

void SafetensorsWriter::finish() {
  for (const auto& [name, place] : places_)
    if (!place.written) fail("tensor " + in_quotes(name) + " was not written");
  if (fsync(file_) != 0) fail("cannot be written: " + reason());
  close(file_);
  file_ = -1;
  if (std::rename(temporary_.c_str(), path_.c_str()) == 0) return;
  const std::string why = reason();
  unlink(temporary_.c_str());
  fail("cannot be written: " + why);
}

}  // namespace qbench
