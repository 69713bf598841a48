// SPDX-License-Identifier: Apache-2.0
// Reads a GGUF header strictly: version, key-values, then the list of tensors.
#include "suites/checkpoints/gguf/gguf_header.h"

#include <algorithm>
#include <bit>
#include <stdexcept>
#include <string>

#include "reports/text/text.h"
#include "suites/checkpoints/fail_file.h"
#include "suites/checkpoints/gguf/gguf_reader.h"
#include "suites/checkpoints/safetensors/safetensors_mistaken.h"

namespace qbench {
namespace {

static_assert(std::endian::native == std::endian::little, "numbers are read as they lie");

constexpr std::string_view kMagic = "GGUF";
constexpr std::size_t kLongestKey = 65535;    // bytes, as the specification has it
constexpr std::uint64_t kLeastKeyValue = 14;  // bytes: a length, a character, a type, a value
constexpr std::uint64_t kLeastTensor = 24;    // bytes: a length, a rank, a type, an offset

// Returns action(); puts what it reads before its errors.
template <class Action>
auto in_part(const std::string& part, Action action) {
  try {
    return action();
  } catch (const std::runtime_error& error) {
    fail_file(part + ": " + error.what());
  }
}

[[noreturn]] void fail_as_another(std::span<const std::byte> file) {
  const std::string is = mistaken_for_safetensors(file);
  fail_file(is.empty() ? "is not a GGUF file: it does not begin with 'GGUF'" : is);
}

std::uint32_t read_version(GgufReader& reader) {
  const auto version = reader.number<std::uint32_t>();
  if ((version & 0xffff) == 0 && version != 0)
    fail_file("is a big-endian GGUF file, which is not read: convert it to little endian");
  if (version == 1)
    fail_file(
        "is GGUF version 1, which is not read: convert the model again with today's llama.cpp");
  if (version != 2 && version != 3)
    fail_file("is GGUF version " + std::to_string(version) + ", which is not known (2 and 3 are)");
  return version;
}

GgufKeyValue read_key_value(GgufReader& reader) {
  const std::string_view key = reader.text();
  if (key.empty()) fail_file("its key is empty");
  if (key.size() > kLongestKey) fail_file("its key is longer than 65535 bytes");
  return in_part(in_quotes(key), [&] {
    const GgufValueType type = reader.type();
    const std::size_t begin = reader.at();
    reader.pass_value(type);
    return GgufKeyValue{key, type, reader.taken_since(begin)};
  });
}

// The dimensions come fastest first. Their product must not overflow even if one of them is 0.
std::vector<std::int64_t> read_shape(GgufReader& reader) {
  const auto rank = reader.number<std::uint32_t>();
  if (rank > kMostGgufRank)
    fail_file("rank " + std::to_string(rank) + ", where GGUF has at most 4");
  std::vector<std::int64_t> shape(rank);
  std::int64_t size = 1;
  for (std::int64_t& dimension : shape) {
    dimension = reader.number<std::int64_t>();
    if (dimension < 0 || __builtin_mul_overflow(size, std::max<std::int64_t>(dimension, 1), &size))
      fail_file("its shape is too large: the size overflows");
  }
  std::reverse(shape.begin(), shape.end());
  return shape;
}

const GgufType& read_type(GgufReader& reader) {
  const auto number = reader.number<std::uint32_t>();
  const GgufType* type = find_gguf_type(number);
  if (type == nullptr) fail_file("type " + std::to_string(number) + " is not known");
  if (type->removed())
    fail_file("type " + std::string(type->name) +
              " was removed from GGUF: quantize the model again");
  return *type;
}

GgufTensorInfo read_tensor(GgufReader& reader) {
  const std::string_view name = reader.text();
  return in_part(in_quotes(name), [&] {
    if (printable(name) != name) fail_file("its name is not printable UTF-8");
    std::vector<std::int64_t> shape = read_shape(reader);
    const GgufType& type = read_type(reader);
    return GgufTensorInfo{name, &type, std::move(shape), reader.number<std::uint64_t>()};
  });
}

// Throws if two of the things have the same name.
template <class Thing>
void check_unique(const std::vector<Thing>& things, std::string_view Thing::*name,
                  const std::string& what) {
  std::vector<std::string_view> names;
  for (const Thing& thing : things) names.push_back(thing.*name);
  std::sort(names.begin(), names.end());
  const auto twice = std::adjacent_find(names.begin(), names.end());
  if (twice != names.end()) fail_file("duplicate " + what + " " + in_quotes(*twice));
}

template <class Thing>
std::vector<Thing> read_all(std::uint64_t count, const std::string& what, GgufReader& reader,
                            Thing (*read)(GgufReader&)) {
  std::vector<Thing> things;
  for (std::uint64_t i = 0; i < count; ++i)
    things.push_back(in_part(what + " " + std::to_string(i + 1) + " of " + std::to_string(count),
                             [&] { return read(reader); }));
  return things;
}

std::uint64_t alignment_of(const GgufHeader& header) {
  constexpr std::string_view kKey = "general.alignment";
  constexpr std::uint64_t kDefault = 32;
  const GgufKeyValue* found = header.find(kKey);
  if (found == nullptr) return kDefault;
  const std::uint64_t alignment = header.whole_number(kKey).value_or(0);
  if (found->type != GgufValueType::u32 || alignment == 0 || alignment % 8 != 0)
    fail_file("general.alignment must be a u32 and a multiple of 8");
  return alignment;
}

// The number that a value of an integer type is; negative ones are beyond i64's.
template <class Number>
std::optional<std::uint64_t> not_negative(std::span<const std::byte> value) {
  Number number;
  std::memcpy(&number, value.data(), sizeof number);
  if (number < Number{0}) return std::nullopt;
  return static_cast<std::uint64_t>(number);
}

}  // namespace

const GgufKeyValue* GgufHeader::find(std::string_view key) const {
  const auto found = std::find_if(key_values.begin(), key_values.end(),
                                  [=](const GgufKeyValue& each) { return each.key == key; });
  return found == key_values.end() ? nullptr : &*found;
}

std::optional<std::uint64_t> GgufHeader::whole_number(std::string_view key) const {
  const GgufKeyValue* found = find(key);
  if (found == nullptr) return std::nullopt;
  switch (found->type) {
    case GgufValueType::u8:
      return not_negative<std::uint8_t>(found->value);
    case GgufValueType::i8:
      return not_negative<std::int8_t>(found->value);
    case GgufValueType::u16:
      return not_negative<std::uint16_t>(found->value);
    case GgufValueType::i16:
      return not_negative<std::int16_t>(found->value);
    case GgufValueType::u32:
      return not_negative<std::uint32_t>(found->value);
    case GgufValueType::i32:
      return not_negative<std::int32_t>(found->value);
    case GgufValueType::u64:
      return not_negative<std::uint64_t>(found->value);
    case GgufValueType::i64:
      return not_negative<std::int64_t>(found->value);
    default:
      return std::nullopt;
  }
}

std::optional<std::string_view> GgufHeader::text(std::string_view key) const {
  const GgufKeyValue* found = find(key);
  if (found == nullptr || found->type != GgufValueType::string) return std::nullopt;
  return GgufReader(found->value).text();
}

bool is_gguf(std::span<const std::byte> file) {
  return file.size() >= kMagic.size() &&
         std::memcmp(file.data(), kMagic.data(), kMagic.size()) == 0;
}

GgufHeader parse_gguf_header(std::span<const std::byte> file) {
  if (!is_gguf(file)) fail_as_another(file);
  GgufReader reader(file);
  reader.number<std::uint32_t>();
  GgufHeader header;
  header.version = read_version(reader);
  const std::uint64_t tensors = reader.count(kLeastTensor, "tensors");
  const std::uint64_t key_values = reader.count(kLeastKeyValue, "key-values");
  const std::size_t begin = reader.at();
  header.key_values = read_all(key_values, "key-value", reader, read_key_value);
  header.key_bytes = reader.taken_since(begin);
  check_unique(header.key_values, &GgufKeyValue::key, "key");
  header.alignment = alignment_of(header);
  header.tensors = read_all(tensors, "tensor", reader, read_tensor);
  check_unique(header.tensors, &GgufTensorInfo::name, "tensor");
  const std::uint64_t rest = reader.at() % header.alignment;
  header.data_begin = reader.at() + (rest == 0 ? 0 : header.alignment - rest);
  return header;
}

}  // namespace qbench
