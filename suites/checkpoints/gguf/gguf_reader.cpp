// SPDX-License-Identifier: Apache-2.0
// Values of GGUF files: 13 types, of which strings and arrays have no fixed size.
#include "suites/checkpoints/gguf/gguf_reader.h"

#include <array>
#include <iterator>
#include <string>

#include "suites/checkpoints/fail_file.h"

namespace qbench {
namespace {

constexpr int kMostDepth = 4;  // of arrays in arrays; real files have 1

// Bytes of a value by the number of its type; of strings and arrays the least.
constexpr std::array<std::uint64_t, 13> kBytes = {1, 1, 2, 2, 4, 4, 4, 1, 8, 12, 8, 8, 8};

}  // namespace

std::span<const std::byte> GgufReader::take(std::uint64_t bytes) {
  if (bytes > left())
    fail_file("cut off: " + std::to_string(bytes) + " bytes are needed at byte " +
              std::to_string(at_) + " of " + std::to_string(file_.size()));
  const std::span<const std::byte> taken = file_.subspan(at_, bytes);
  at_ += bytes;
  return taken;
}

std::string_view GgufReader::text() {
  const std::span<const std::byte> bytes = take(number<std::uint64_t>());
  return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
}

std::uint64_t GgufReader::count(std::uint64_t least_bytes, std::string_view things) {
  const auto count = number<std::uint64_t>();
  if (count > left() / least_bytes)
    fail_file("cut off: " + std::to_string(count) + " " + std::string(things) +
              " do not fit into the " + std::to_string(left()) + " bytes after byte " +
              std::to_string(at_));
  return count;
}

GgufValueType GgufReader::type() {
  const auto type = number<std::uint32_t>();
  if (type >= kBytes.size()) fail_file("GGUF has no type of values " + std::to_string(type));
  return static_cast<GgufValueType>(type);
}

void GgufReader::pass_truths(std::uint64_t count) {
  for (const std::byte truth : take(count))
    if (truth > std::byte{1})
      fail_file("a truth must be 0 or 1, not " + std::to_string(std::to_integer<int>(truth)));
}

void GgufReader::pass_array(int depth) {
  if (depth >= kMostDepth) fail_file("arrays are nested too deeply");
  const GgufValueType of = type();
  const std::uint64_t each = kBytes[static_cast<std::size_t>(of)];
  const std::uint64_t items = count(each, "items of an array");
  if (of == GgufValueType::boolean)
    pass_truths(items);
  else if (of != GgufValueType::string && of != GgufValueType::array)
    take(items * each);
  else
    for (std::uint64_t i = 0; i < items; ++i) pass_value(of, depth + 1);
}

void GgufReader::pass_value(GgufValueType type, int depth) {
  if (type == GgufValueType::string)
    text();
  else if (type == GgufValueType::array)
    pass_array(depth);
  else if (type == GgufValueType::boolean)
    pass_truths(1);
  else
    take(kBytes[static_cast<std::size_t>(type)]);
}

}  // namespace qbench
