// SPDX-License-Identifier: Apache-2.0
// The parts of modules: which names they have, checks of what they are, and new ones.
#pragma once

#include <fmt/format.h>

#include <cstring>
#include <initializer_list>
#include <stdexcept>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "suites/checkpoints/containers/container.h"

namespace qbench {

using TensorShape = std::vector<std::int64_t>;

template <class... Args>
[[noreturn]] void refuse(fmt::format_string<Args...> format, Args&&... args) {
  throw std::runtime_error(fmt::format(format, std::forward<Args>(args)...));
}

// --- Names

// The tensor's name: "P.weight" of the module "P", "P_blocks" where the part begins with '_'.
std::string tensor_name(std::string_view module, std::string_view part);

// The scales of experts that are one FP8 parameter, whose codes have the module's own name.
inline constexpr char kExpertsScale[] = "_scale_inv";

// The module of a weight: its name without ".weight".
std::string module_of(std::string_view tensor);

struct PartName {
  std::string module, part;
};
// What a name is a part of, by its end; the part is empty if the name ends like no part.
PartName part_name(std::string_view tensor);

// True for a part that only quantized weights have: a module without one is a plain array.
bool tells_of_quantization(std::string_view part);

// --- Checks. All throw std::runtime_error with one line that names the part.

const Tensor& need(const Module& module, std::string_view part);
void check_dtype(const Tensor& tensor, std::initializer_list<std::string_view> dtypes);
void check_shape(const Tensor& tensor, const TensorShape& shape);
void check_rank(const Tensor& tensor, std::size_t least, std::size_t most);
// The product of the dimensions; 1 for a scalar.
std::int64_t elements(const Tensor& tensor);

std::string shape_text(const TensorShape& shape);

// --- Numbers

template <class T>
std::vector<T> numbers_of(const Tensor& tensor) {
  std::vector<T> numbers(tensor.bytes.size() / sizeof(T));
  std::memcpy(numbers.data(), tensor.bytes.data(), numbers.size() * sizeof(T));
  return numbers;
}

// F32, F16, BF16, F8_E4M3, F8_E8M0, I8 and U8 (as E8M0) as numbers of groups; throws for another.
Storage storage_of(const Tensor& tensor);
// The dtype that such numbers have in a file; E8M0 is "U8" unless the details say otherwise.
std::string dtype_of(const Storage& storage);
std::int64_t bytes_a_number(const Storage& storage);

// --- Planes and new tensors

void copy_bytes(std::span<const std::byte> from, Buffer<std::byte>& to);
Buffer<std::byte> copied(std::span<const std::byte> bytes);

NewTensor new_tensor(const std::string& module, std::string_view part, std::string dtype,
                     TensorShape shape, Buffer<std::byte> bytes);
template <class T>
Buffer<std::byte> bytes_of(const std::vector<T>& numbers) {
  return copied(std::as_bytes(std::span(numbers)));
}

// Parts that the planes do not hold are kept in the details, under their names, whole.
void keep_parts(const Module& module, std::span<const std::string_view> parts, Details& details);
void add_kept(const StoredWeight& weight, const std::string& module,
              std::span<const std::string_view> parts, std::vector<NewTensor>& tensors);

// The detail, or what it is without one.
std::string detail(const Details& details, std::string_view key, std::string_view otherwise);

}  // namespace qbench
