// SPDX-License-Identifier: Apache-2.0
// Writes to a temporary file, which takes the place of the old one whole.
#include "suites/checkpoints/safetensors/safetensors_writer.h"

#include <algorithm>
#include <nlohmann/json.hpp>
#include <stdexcept>
#include <utility>

#include "reports/file.h"
#include "reports/text/text.h"
#include "suites/checkpoints/safetensors/safetensors_dtypes.h"

namespace qbench {
namespace {

using OrderedJson = nlohmann::ordered_json;

constexpr std::size_t kAlignment = 8;  // of the data, in bytes

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

OrderedJson entry(const TensorHeader& tensor, std::int64_t begin, std::int64_t end) {
  OrderedJson entry;
  entry["dtype"] = tensor.dtype;
  entry["shape"] = tensor.shape;
  entry["data_offsets"] = {begin, end};
  return entry;
}

}  // namespace

SafetensorsWriter::SafetensorsWriter(std::string path, std::vector<TensorHeader> tensors,
                                     const std::map<std::string, std::string>& metadata)
    : path_(std::move(path)) {
  OrderedJson header = OrderedJson::object();
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
  std::string text = header.dump(-1, ' ', false, OrderedJson::error_handler_t::replace);
  text.resize((text.size() + kAlignment - 1) / kAlignment * kAlignment, ' ');
  for (auto& [name, place] : places_)
    place.begin += static_cast<std::int64_t>(kAlignment + text.size());
  const std::uint64_t length = text.size();
  file_ = std::make_unique<NewFile>(path_);
  file_->write({reinterpret_cast<const char*>(&length), kAlignment});
  file_->write(text);
}

SafetensorsWriter::~SafetensorsWriter() = default;

void SafetensorsWriter::fail(const std::string& message) const {
  throw std::runtime_error(path_ + ": " + message);
}

void SafetensorsWriter::write(const std::string& name, std::span<const std::byte> bytes) {
  const auto found = places_.find(name);
  if (found == places_.end()) fail("has no tensor " + in_quotes(name));
  Place& place = found->second;
  if (place.written) fail("tensor " + in_quotes(name) + " is written already");
  if (place.size != std::ssize(bytes))
    fail("tensor " + in_quotes(name) + " has " + std::to_string(bytes.size()) +
         " bytes, where its header has " + std::to_string(place.size));
  file_->write_at(place.begin, {reinterpret_cast<const char*>(bytes.data()), bytes.size()});
  place.written = true;
}

void SafetensorsWriter::finish() {
  for (const auto& [name, place] : places_)
    if (!place.written) fail("tensor " + in_quotes(name) + " was not written");
  file_->keep();
}

}  // namespace qbench
