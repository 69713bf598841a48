// SPDX-License-Identifier: Apache-2.0
// GgufReader: takes numbers, texts and values off the bytes of a GGUF file, never beyond their end.
#pragma once

#include <cstring>
#include <span>
#include <string_view>

#include "suites/checkpoints/gguf/gguf_header.h"

namespace qbench {

// Every function throws std::runtime_error with one line where the file ends too early.
class GgufReader {
 public:
  explicit GgufReader(std::span<const std::byte> file) : file_(file) {}

  std::size_t at() const { return at_; }
  std::size_t left() const { return file_.size() - at_; }
  std::span<const std::byte> taken_since(std::size_t begin) const {
    return file_.subspan(begin, at_ - begin);
  }

  template <class Number>
  Number number() {
    Number value;
    std::memcpy(&value, take(sizeof value).data(), sizeof value);
    return value;
  }
  std::string_view text();
  // A number of things that take at least `least_bytes` each. Throws if the rest of the file has no
  // room for them.
  std::uint64_t count(std::uint64_t least_bytes, std::string_view things);
  // The number of a type. Throws for a number that is none.
  GgufValueType type();
  // Passes a value, which is checked. Throws for a truth that is neither 0 nor 1, and for arrays in
  // arrays deeper than real ones.
  void pass_value(GgufValueType type, int depth = 0);

 private:
  std::span<const std::byte> take(std::uint64_t bytes);
  void pass_array(int depth);
  void pass_truths(std::uint64_t count);

  std::span<const std::byte> file_;
  std::size_t at_ = 0;
};

}  // namespace qbench
