// SPDX-License-Identifier: Apache-2.0
// Lays tensors out as ggml does: each at the next multiple of the alignment, and the file's end at
// one too.
#include "suites/checkpoints/gguf/gguf_writer.h"

#include <algorithm>
#include <stdexcept>

#include "reports/file.h"
#include "reports/text/text.h"
#include "suites/checkpoints/gguf/gguf.h"

namespace qbench {
namespace {

std::uint64_t aligned(std::uint64_t size, std::uint64_t alignment) {
  return (size + alignment - 1) / alignment * alignment;
}

template <class Number>
void append(std::string& bytes, Number number) {
  bytes.append(reinterpret_cast<const char*>(&number), sizeof number);
}

const GgufType& type_of(const NewGgufTensor& tensor) {
  const GgufType* type = find_gguf_type(tensor.dtype);
  if (type == nullptr || type->removed())
    throw std::runtime_error("tensor " + in_quotes(tensor.name) + ": GGUF has no type " +
                             in_quotes(tensor.dtype));
  return *type;
}

std::int64_t size_of(const NewGgufTensor& tensor) {
  const GgufType& type = type_of(tensor);
  try {
    return gguf_bytes(type, tensor.shape);
  } catch (const std::runtime_error& error) {
    throw std::runtime_error("tensor " + in_quotes(tensor.name) + ": " + error.what());
  }
}

void append_tensor(std::string& bytes, const NewGgufTensor& tensor, std::uint64_t offset) {
  append(bytes, std::uint64_t{tensor.name.size()});
  bytes += tensor.name;
  append(bytes, static_cast<std::uint32_t>(tensor.shape.size()));
  for (auto dimension = tensor.shape.rbegin(); dimension != tensor.shape.rend(); ++dimension)
    append(bytes, *dimension);
  append(bytes, type_of(tensor).number);
  append(bytes, offset);
}

}  // namespace

GgufWriter::GgufWriter(const std::string& path, const GgufHeader& like,
                       std::vector<NewGgufTensor> tensors)
    : tensors_(std::move(tensors)), alignment_(like.alignment) {
  std::transform(tensors_.begin(), tensors_.end(), std::back_inserter(sizes_), size_of);
  file_ = std::make_unique<NewFile>(path);
  write_header(like);
  pad();
  skip_finished();
}

GgufWriter::~GgufWriter() = default;

void GgufWriter::write_header(const GgufHeader& like) {
  std::string bytes = "GGUF";
  append(bytes, like.version);
  append(bytes, std::uint64_t{tensors_.size()});
  append(bytes, std::uint64_t{like.key_values.size()});
  bytes.append(reinterpret_cast<const char*>(like.key_bytes.data()), like.key_bytes.size());
  std::uint64_t offset = 0;
  for (std::size_t i = 0; i < tensors_.size(); ++i) {
    append_tensor(bytes, tensors_[i], offset);
    offset = aligned(offset + static_cast<std::uint64_t>(sizes_[i]), alignment_);
  }
  file_->write(bytes);
  written_ = bytes.size();
}

void GgufWriter::pad() {
  const std::string zeros(aligned(written_, alignment_) - written_, '\0');
  file_->write(zeros);
  written_ += zeros.size();
}

void GgufWriter::skip_finished() {
  while (next_ < tensors_.size() && of_next_ == sizes_[next_]) {
    pad();
    ++next_;
    of_next_ = 0;
  }
}

void GgufWriter::write(std::span<const std::byte> bytes) {
  if (bytes.empty()) return;
  if (next_ == tensors_.size() || std::ssize(bytes) > sizes_[next_] - of_next_)
    throw std::logic_error("more bytes than the tensor has");
  file_->write({reinterpret_cast<const char*>(bytes.data()), bytes.size()});
  written_ += bytes.size();
  of_next_ += std::ssize(bytes);
  skip_finished();
}

void GgufWriter::finish() {
  if (next_ < tensors_.size()) throw std::logic_error("tensors are missing");
  file_->keep();
}

}  // namespace qbench
