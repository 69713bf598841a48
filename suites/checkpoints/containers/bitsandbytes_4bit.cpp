// SPDX-License-Identifier: Apache-2.0
// bitsandbytes' Linear4bit as its state dictionary is saved: codes, absmax, levels and a JSON text
// (bitsandbytes/functional.py, QuantState).
#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <nlohmann/json.hpp>

#include "reference/formats/fp4.h"
#include "reference/formats/nf4.h"
#include "reference/planes/stored_numbers.h"
#include "reports/text/text.h"
#include "suites/checkpoints/containers/containers.h"
#include "suites/checkpoints/containers/parts.h"

namespace qbench {
namespace {

using Json = nlohmann::json;

constexpr std::string_view kState = "weight.quant_state.bitsandbytes__";

struct FourBits {
  std::string_view name;
  const Mode &plain, &nested;
};
constexpr FourBits kFourBits[] = {{"nf4", kNf4, kNf4Dq}, {"fp4", kFp4, kFp4Dq}};

const FourBits& four_bits(std::string_view name) {
  for (const FourBits& known : kFourBits)
    if (known.name == name) return known;
  refuse("its quant_type is {}, not nf4 or fp4", in_quotes(name));
}

// The JSON that is saved as bytes.
struct QuantState {
  std::string type = {};
  std::int64_t blocksize = 0;
  std::string dtype = {};
  TensorShape shape = {};
  std::int64_t nested_blocksize = 0;  // 0: not double-quantized
  std::string nested_dtype = {};
  double nested_offset = 0;
  bool operator==(const QuantState&) const = default;
};

std::string state_part(const Module& module) {
  for (const FourBits& known : kFourBits)
    if (std::string part = fmt::format("{}{}", kState, known.name); module.find(part)) return part;
  return "";
}

std::int64_t positive(const Json& json, const char* key) {
  const Json& number = json.at(key);
  if (!number.is_number_unsigned() || number.get<std::uint64_t>() == 0 ||
      number.get<std::uint64_t>() > std::numeric_limits<int>::max())
    refuse("'{}' of its quant_state is not a number of at least 1", key);
  return number.get<std::int64_t>();
}

TensorShape shape_of(const Json& json) {
  const Json& sides = json.at("shape");
  if (!sides.is_array() || sides.size() != 2)
    refuse("'shape' of its quant_state is not two numbers");
  TensorShape shape;
  for (const Json& side : sides) {
    if (!side.is_number_unsigned() || side.get<std::uint64_t>() > std::uint64_t{1} << 40)
      refuse("'shape' of its quant_state is not two numbers");
    shape.push_back(side.get<std::int64_t>());
  }
  return shape;
}

QuantState state_in(const Json& json) {
  QuantState state = {.type = json.at("quant_type").get<std::string>(),
                      .blocksize = positive(json, "blocksize"),
                      .dtype = json.at("dtype").get<std::string>(),
                      .shape = shape_of(json)};
  if (!json.contains("nested_blocksize")) return state;
  state.nested_blocksize = positive(json, "nested_blocksize");
  state.nested_dtype = json.at("nested_dtype").get<std::string>();
  state.nested_offset = json.at("nested_offset").get<double>();
  return state;
}

QuantState parse_state(std::string_view text) {
  try {
    return state_in(Json::parse(text));
  } catch (const Json::exception&) {
    refuse("its quant_state is not the JSON that bitsandbytes writes");
  }
}

std::string_view state_text(const Module& module) {
  const Tensor& part = need(module, state_part(module));
  check_dtype(part, {"U8"});
  constexpr std::size_t kMost = 4096;
  if (part.bytes.size() > kMost) refuse("its quant_state is too long");
  return {reinterpret_cast<const char*>(part.bytes.data()), part.bytes.size()};
}

// Python's json.dumps, whose floats are the shortest that read back.
std::string python_number(double value) {
  std::string text = fmt::format("{}", value);
  if (text.find_first_of(".en") == text.npos) text += ".0";
  return text;
}

std::string text_of(const QuantState& state) {
  std::string text =
      fmt::format(R"({{"quant_type": "{}", "blocksize": {}, "dtype": "{}", "shape": [{}, {}])",
                  state.type, state.blocksize, state.dtype, state.shape[0], state.shape[1]);
  if (state.nested_blocksize != 0)
    text +=
        fmt::format(R"(, "nested_blocksize": {}, "nested_dtype": "{}", "nested_offset": {})",
                    state.nested_blocksize, state.nested_dtype, python_number(state.nested_offset));
  return text + "}";
}

void check_map(const Tensor& map, std::span<const float> values, std::string_view what) {
  check_dtype(map, {"F32"});
  check_shape(map, {std::ssize(values)});
  if (!std::ranges::equal(numbers_of<float>(map), values))
    refuse("its '{}' is not {}", part_name(map.name).part, what);
}

// Codes of n x k weights lie two a byte, handed over as numbers of another dtype.
void check_packed(const Tensor& weight, std::int64_t count) {
  check_dtype(weight, {"U8", "BF16", "F16", "F32"});
  if (std::ssize(weight.bytes) != (count + 1) / 2)
    refuse("its 'weight' has {} bytes, where {} weights need {}", weight.bytes.size(), count,
           (count + 1) / 2);
  check_shape(weight, {elements(weight), 1});
}

std::int64_t blocks(std::int64_t count, std::int64_t size) { return (count + size - 1) / size; }

Format format_of(const FourBits& kind, const QuantState& state) {
  Format format = state.nested_blocksize == 0 ? kind.plain.format : kind.nested.format;
  if (format.scale.outer) format.scale.outer->size = static_cast<int>(state.nested_blocksize);
  return format;
}

void check_scales(const Module& module, const QuantState& state, std::int64_t count) {
  const Tensor& absmax = need(module, "weight.absmax");
  const std::int64_t groups = blocks(count, state.blocksize);
  const bool nested = state.nested_blocksize != 0;
  check_dtype(absmax, {nested ? "U8" : "F32"});
  check_shape(absmax, {groups});
  if (!nested) return;
  if (state.nested_dtype != "float32") refuse("its nested_dtype is not float32");
  if (!(std::abs(state.nested_offset) <= std::numeric_limits<float>::max()))
    refuse("its nested_offset is beyond f32");
  const Tensor& outer = need(module, "weight.nested_absmax");
  check_dtype(outer, {"F32"});
  check_shape(outer, {blocks(groups, state.nested_blocksize)});
  check_map(need(module, "weight.nested_quant_map"), reference::dynamic_map(),
            "bitsandbytes' dynamic map");
}

Description describe_4bit(const Module& module) {
  const std::string_view json = state_text(module);
  const QuantState state = parse_state(json);
  const FourBits& kind = four_bits(state.type);
  if (!state_part(module).ends_with(kind.name)) refuse("its quant_type contradicts its name");
  const std::int64_t n = state.shape[0], k = state.shape[1];
  std::int64_t count = 0;
  if (__builtin_mul_overflow(n, k, &count)) refuse("its shape overflows");
  if (count == 0) refuse("has no elements");
  const Tensor& weight = need(module, "weight");
  check_packed(weight, count);
  check_map(need(module, "weight.quant_map"), std::get<Codebook>(kind.plain.format.codec).values,
            "that of its quant_type");
  check_scales(module, state, count);
  return {.format = std::make_shared<const Format>(format_of(kind, state)),
          .block_size = static_cast<int>(state.blocksize),
          .shape = state.shape,
          .text = fmt::format("bitsandbytes {}{} b{}", state.type,
                              state.nested_blocksize != 0 ? "-dq" : "", state.blocksize),
          .details = {{"quant_storage", weight.dtype}, {"quant_state", std::string(json)}}};
}

StoredWeight unpack_4bit(const Module& module) {
  StoredWeight weight = room_for(describe_4bit(module));
  copy_bytes(need(module, "weight").bytes, weight.planes.codes);
  copy_bytes(need(module, "weight.absmax").bytes, weight.planes.scales.numbers);
  if (!weight.format->scale.outer) return weight;
  copy_bytes(need(module, "weight.nested_absmax").bytes, weight.planes.scales.outer);
  const auto offset = static_cast<float>(parse_state(state_text(module)).nested_offset);
  std::memcpy(weight.planes.scales.offset.data(), &offset, sizeof offset);
  return weight;
}

const FourBits* kind_of(const StoredWeight& weight) {
  for (const FourBits& known : kFourBits) {
    Format format = *weight.format;
    if (format.scale.outer) format.scale.outer->size = known.nested.format.scale.outer->size;
    if (format == known.plain.format || format == known.nested.format) return &known;
  }
  return nullptr;
}

// The state that the weight was read with; without one, that of new weights, whose "dtype" is what
// torch calls the type that they are decoded to.
QuantState state_before(const StoredWeight& weight) {
  const std::string json = detail(weight.details, "quant_state", "");
  if (!json.empty()) return parse_state(json);
  return QuantState{.dtype = detail(weight.details, "dtype", "bfloat16")};
}

// A double that rounds to the offset of the planes: the one before, where it still does.
double nested_offset(const StoredWeight& weight, double before) {
  float offset = 0;
  std::memcpy(&offset, weight.planes.scales.offset.data(), sizeof offset);
  return static_cast<float>(before) == offset ? before : static_cast<double>(offset);
}

QuantState state_now(const StoredWeight& weight, const FourBits& kind, const QuantState& before) {
  QuantState state = {.type = std::string(kind.name),
                      .blocksize = weight.planes.block_size,
                      .dtype = before.dtype,
                      .shape = weight.shape};
  if (!weight.format->scale.outer) return state;
  state.nested_blocksize = weight.format->scale.outer->size;
  state.nested_dtype = "float32";
  state.nested_offset = nested_offset(weight, before.nested_offset);
  return state;
}

std::string json_of(const StoredWeight& weight, const FourBits& kind) {
  const QuantState before = state_before(weight), now = state_now(weight, kind, before);
  return now == before ? detail(weight.details, "quant_state", "") : text_of(now);
}

// The f32 numbers of a map; -0 is written as 0, as bitsandbytes does.
Buffer<std::byte> map_bytes(std::span<const float> values) {
  std::vector<float> map(values.begin(), values.end());
  for (float& value : map) value += 0.0f;
  return bytes_of(map);
}

void add_scales(const StoredWeight& weight, const std::string& module,
                std::vector<NewTensor>& tensors) {
  const StoredNumbers& scales = weight.planes.scales;
  const bool nested = weight.format->scale.outer.has_value();
  tensors.push_back(new_tensor(module, "weight.absmax", nested ? "U8" : "F32",
                               {weight.planes.groups().groups()}, copied(scales.numbers)));
  if (!nested) return;
  tensors.push_back(new_tensor(module, "weight.nested_absmax", "F32",
                               {std::ssize(scales.outer) / 4}, copied(scales.outer)));
  tensors.push_back(new_tensor(module, "weight.nested_quant_map", "F32", {256},
                               map_bytes(reference::dynamic_map())));
}

std::vector<NewTensor> pack_4bit(const StoredWeight& weight, const std::string& module) {
  const FourBits* kind = kind_of(weight);
  if (kind == nullptr || weight.shape.size() != 2)
    refuse("bitsandbytes holds nf4, nf4-dq, fp4 and fp4-dq of matrices");
  const std::string storage = detail(weight.details, "quant_storage", "U8");
  const std::int64_t item = storage == "U8" ? 1 : storage == "F32" ? 4 : 2;
  const std::int64_t bytes = weight.planes.weight_bytes();
  if (bytes % item != 0) refuse("{} bytes of codes are no whole number of {}", bytes, storage);
  std::vector<NewTensor> tensors;
  tensors.push_back(
      new_tensor(module, "weight", storage, {bytes / item, 1}, copied(weight.planes.codes)));
  add_scales(weight, module, tensors);
  tensors.push_back(new_tensor(module, "weight.quant_map", "F32", {16},
                               map_bytes(std::get<Codebook>(weight.format->codec).values)));
  const std::string json = json_of(weight, *kind);
  tensors.push_back(new_tensor(module, fmt::format("{}{}", kState, kind->name), "U8",
                               {std::ssize(json)}, copied(std::as_bytes(std::span(json)))));
  return tensors;
}

bool holds_4bit(const Module& module) { return !state_part(module).empty(); }

}  // namespace

const Container kBitsandbytes4bit = {.name = "bitsandbytes-4bit",
                                     .summary = "bitsandbytes' Linear4bit: nf4 and fp4",
                                     .holds = holds_4bit,
                                     .unpack = unpack_4bit,
                                     .pack = pack_4bit,
                                     .describe = describe_4bit};
}  // namespace qbench
