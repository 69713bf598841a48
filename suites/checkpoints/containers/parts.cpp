// SPDX-License-Identifier: Apache-2.0
// Names of parts in the software that writes them, and what is common to the containers' checks.
#include "suites/checkpoints/containers/parts.h"

#include <fmt/ranges.h>

#include <algorithm>
#include <charconv>
#include <functional>
#include <numeric>

#include "reference/formats/small_floats.h"

namespace qbench {
namespace {

struct Part {
  std::string_view name;
  bool tells = false;  // that the weight is quantized
};
constexpr Part kParts[] = {
    {"weight"},
    // bitsandbytes
    {"weight.absmax", true},
    {"weight.quant_map", true},
    {"weight.nested_absmax", true},
    {"weight.nested_quant_map", true},
    {"weight.quant_state.bitsandbytes__nf4", true},
    {"weight.quant_state.bitsandbytes__fp4", true},
    {"SCB", true},
    {"weight_format"},
    // GPTQ and AWQ
    {"qweight", true},
    {"qzeros"},
    {"scales"},
    {"g_idx"},
    // compressed-tensors, ModelOpt and DeepSeek
    {"weight_packed", true},
    {"weight_scale", true},
    {"weight_scale_2", true},
    {"weight_scale_inv", true},
    {"weight_global_scale", true},
    {"weight_zero_point"},
    {"weight_g_idx"},
    {"weight_shape"},
    {"input_scale"},
    {"input_global_scale"},
    {"input_zero_point"},
    {"output_scale"},
    {"pre_quant_scale"},
    {"k_scale"},
    {"v_scale"},
    // gpt-oss, as transformers and as OpenAI name it
    {"_blocks", true},
    {"_scales"},
    {"blocks", true},
    {kExpertsScale},
};

bool ends_as(std::string_view tensor, std::string_view part) {
  if (!tensor.ends_with(part)) return false;
  const std::size_t before = tensor.size() - part.size();
  return before == 0 || part.starts_with('_') || tensor[before - 1] == '.';
}

std::string hex(std::span<const std::byte> bytes) {
  std::string text;
  for (const std::byte byte : bytes) text += fmt::format("{:02x}", std::to_integer<int>(byte));
  return text;
}

Buffer<std::byte> from_hex(std::string_view text) {
  Buffer<std::byte> bytes(text.size() / 2);
  for (std::size_t i = 0; i < bytes.size(); ++i) {
    unsigned byte = 0;
    std::from_chars(text.data() + 2 * i, text.data() + 2 * i + 2, byte, 16);
    bytes[i] = static_cast<std::byte>(byte);
  }
  return bytes;
}

// "F32 [1] 0000803f": the dtype, the shape without spaces, and the bytes.
std::string kept_text(const Tensor& tensor) {
  return fmt::format("{} [{}] {}", tensor.dtype, fmt::join(tensor.shape, ","), hex(tensor.bytes));
}

TensorShape shape_in(std::string_view text) {
  TensorShape shape;
  const char* at = text.data();
  const char* end = at + text.size();
  while (at != end) {
    std::int64_t dimension = 0;
    at = std::from_chars(at, end, dimension).ptr;
    shape.push_back(dimension);
    if (at != end) ++at;
  }
  return shape;
}

NewTensor from_kept(const std::string& module, std::string_view part, std::string_view text) {
  const std::size_t open = text.find('['), close = text.find(']', open);
  return new_tensor(module, part, std::string(text.substr(0, open - 1)),
                    shape_in(text.substr(open + 1, close - open - 1)),
                    from_hex(text.substr(close + 2)));
}

// A part without a name of its own has the codes.
std::string told_name(const Tensor& tensor) {
  const std::string part = part_name(tensor.name).part;
  return part.empty() ? "codes" : part;
}

}  // namespace

std::string tensor_name(std::string_view module, std::string_view part) {
  const bool apart = !module.empty() && !part.empty() && !part.starts_with('_');
  return fmt::format("{}{}{}", module, apart ? "." : "", part);
}

std::string module_of(std::string_view tensor) {
  constexpr std::string_view kWeight = ".weight";
  if (tensor.ends_with(kWeight)) tensor.remove_suffix(kWeight.size());
  return std::string(tensor);
}

PartName part_name(std::string_view tensor) {
  const Part* longest = nullptr;
  for (const Part& part : kParts)
    if (ends_as(tensor, part.name) &&
        (longest == nullptr || part.name.size() > longest->name.size()))
      longest = &part;
  if (longest == nullptr) return {std::string(tensor), ""};
  std::string_view module = tensor.substr(0, tensor.size() - longest->name.size());
  if (module.ends_with('.')) module.remove_suffix(1);
  return {std::string(module), std::string(longest->name)};
}

bool tells_of_quantization(std::string_view part) {
  return std::any_of(std::begin(kParts), std::end(kParts),
                     [&](const Part& known) { return known.name == part && known.tells; });
}

const Tensor& need(const Module& module, std::string_view part) {
  const Tensor* found = module.find(part);
  if (found == nullptr) refuse("its '{}' is missing", part);
  return *found;
}

std::string shape_text(const TensorShape& shape) {
  constexpr std::size_t kMost = 8;
  if (shape.size() > kMost) return "of many dimensions";
  return fmt::format("[{}]", fmt::join(shape, ", "));
}

void check_dtype(const Tensor& tensor, std::initializer_list<std::string_view> dtypes) {
  if (std::find(dtypes.begin(), dtypes.end(), tensor.dtype) == dtypes.end())
    refuse("its '{}' is {}, not {}", told_name(tensor), tensor.dtype, fmt::join(dtypes, " or "));
}

void check_shape(const Tensor& tensor, const TensorShape& shape) {
  if (tensor.shape != shape)
    refuse("its '{}' has shape {}, where the others ask for {}", told_name(tensor),
           shape_text(tensor.shape), shape_text(shape));
}

void check_rank(const Tensor& tensor, std::size_t least, std::size_t most) {
  if (tensor.shape.size() < least || tensor.shape.size() > most)
    refuse("its '{}' has rank {}", told_name(tensor), tensor.shape.size());
  if (elements(tensor) == 0) refuse("has no elements");
}

std::int64_t elements(const Tensor& tensor) {
  return std::accumulate(tensor.shape.begin(), tensor.shape.end(), std::int64_t{1},
                         std::multiplies<>());
}

namespace {

struct StorageOf {
  std::string_view dtype;
  Storage storage;
};
constexpr StorageOf kStorages[] = {
    {"F32", stored::f32},
    {"F16", stored::f16},
    {"BF16", stored::bf16},
    {"F8_E4M3", stored::e4m3},
    {"U8", stored::e8m0},
    {"F8_E8M0", stored::e8m0},
    {"I8", stored::signed_integer(8)},
};

}  // namespace

Storage storage_of(const Tensor& tensor) {
  for (const StorageOf& known : kStorages)
    if (known.dtype == tensor.dtype) return known.storage;
  refuse("its '{}' is {}, which no scale is kept in", part_name(tensor.name).part, tensor.dtype);
}

std::string dtype_of(const Storage& storage) {
  for (const StorageOf& known : kStorages)
    if (known.storage == storage) return std::string(known.dtype);
  refuse("numbers of {} bits a group have no dtype of their own in it", storage.bits);
}

std::int64_t bytes_a_number(const Storage& storage) { return storage.bits / 8; }

void copy_bytes(std::span<const std::byte> from, Buffer<std::byte>& to) {
  if (from.size() != to.size())
    refuse("holds {} bytes where its shape needs {}", from.size(), to.size());
  if (!from.empty()) std::memcpy(to.data(), from.data(), from.size());
}

Buffer<std::byte> copied(std::span<const std::byte> bytes) {
  Buffer<std::byte> out(bytes.size());
  copy_bytes(bytes, out);
  return out;
}

NewTensor new_tensor(const std::string& module, std::string_view part, std::string dtype,
                     TensorShape shape, Buffer<std::byte> bytes) {
  return {.name = tensor_name(module, part),
          .dtype = std::move(dtype),
          .shape = std::move(shape),
          .bytes = std::move(bytes)};
}

void keep_parts(const Module& module, std::span<const std::string_view> parts, Details& details) {
  for (const std::string_view part : parts)
    if (const Tensor* found = module.find(part)) details.emplace(part, kept_text(*found));
}

void add_kept(const StoredWeight& weight, const std::string& module,
              std::span<const std::string_view> parts, std::vector<NewTensor>& tensors) {
  for (const std::string_view part : parts)
    if (const auto kept = weight.details.find(part); kept != weight.details.end())
      tensors.push_back(from_kept(module, part, kept->second));
}

std::string detail(const Details& details, std::string_view key, std::string_view otherwise) {
  const auto found = details.find(key);
  return found == details.end() ? std::string(otherwise) : found->second;
}

}  // namespace qbench
