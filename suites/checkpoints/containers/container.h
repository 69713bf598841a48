// SPDX-License-Identifier: Apache-2.0
// Container: how a quantized weight lies in the tensors of a file, as planes and back.
#pragma once

#include <map>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "reference/planes/quantized_matrix.h"
#include "suites/checkpoints/tensors/tensor.h"

namespace qbench {

struct Container;
struct QuantizationConfig;

// The tensors of one module, by what follows its name: "qweight" and "scales" of the module
// "model.layers.0.mlp.down_proj". They point into the mapped file. The part "" has the module's own
// name: a tensor of a GGUF file, which has all planes in itself and no other part, and the codes of
// experts that are one parameter.
struct Module {
  std::string name;
  std::map<std::string, Tensor, std::less<>> parts;
  // The quantization_config of the checkpoint, or null where it has none.
  std::shared_ptr<const QuantizationConfig> config = {};

  const Tensor* find(std::string_view part) const;
};

// What a container needs beyond the planes to write the same tensors again, such as the dtype in
// which bitsandbytes hands over its bytes ("quant_storage").
using Details = std::map<std::string, std::string, std::less<>>;

// What the tensors of a module say of its weight before any code is read.
struct Description {
  std::shared_ptr<const Format> format;
  int block_size = 0;
  std::vector<std::int64_t> shape;  // n x k, or matrices x n x k
  std::string text;                 // for people: "gptq int4 g128"
  Details details = {};
};

// A weight as its file stores it.
struct StoredWeight {
  std::shared_ptr<const Format> format;  // that of the planes
  QuantizedMatrix planes;                // n x k; matrices of a stack lie one below the other
  std::vector<std::int64_t> shape;       // n x k, or matrices x n x k
  Details details = {};
};

// A tensor that is to be written.
struct NewTensor {
  std::string name;
  std::string dtype;
  std::vector<std::int64_t> shape;
  Buffer<std::byte> bytes;
};

// unpack and pack are exact inverses: pack(unpack(module)) has the bytes of the module's tensors,
// and unpack(pack(weight)) has the planes of the weight.
struct Container {
  std::string_view name;     // "gptq"
  std::string_view summary;  // one line for people
  // True if the parts of the module are those of a weight in this container.
  bool (*holds)(const Module&);
  // Throws std::runtime_error with one line, without the module's name, if shapes, dtypes or
  // settings contradict each other, or are of a kind that is not read.
  StoredWeight (*unpack)(const Module&);
  // The tensors of a module of this name. Throws std::runtime_error with one line if the container
  // cannot hold a weight of this format.
  std::vector<NewTensor> (*pack)(const StoredWeight&, const std::string& module);
  // What unpack would return, without the planes. Makes every check of unpack, in most containers
  // without reading a code, and throws as unpack does. nullptr: unpack itself is called.
  Description (*describe)(const Module&) = nullptr;
};

// Every container, in the order in which they are tried.
std::span<const Container* const> all_containers();
const Container* find_container(std::string_view name);

// The container that holds the module, or nullptr.
const Container* container_of(const Module& module);

// A weight with room for the planes, contents undefined.
StoredWeight room_for(const Description& description);

// The weight of a tensor that a container holds. Throws std::runtime_error with one line if the
// tensor is a plain array, or unusable.
StoredWeight stored_weight(const Tensor& tensor);

}  // namespace qbench
