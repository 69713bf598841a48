// SPDX-License-Identifier: Apache-2.0
// The hashed stream: for each tensor the length of its name, the name, the length of its dtype, the
// dtype, its rank, its dimensions and its bytes. A weight in a container has "" for its dtype, and
// for its bytes the number of its parts, ordered by name, and each part like a tensor. Numbers are
// little-endian u64.
#include "suites/checkpoints/tensors/tensor_hash.h"

#include <fmt/format.h>
#include <xxhash.h>

#include <algorithm>
#include <bit>
#include <memory>
#include <new>
#include <string_view>

#include "suites/checkpoints/tensors/stored_tensor.h"

namespace qbench {
namespace {

static_assert(std::endian::native == std::endian::little, "numbers are hashed as they lie");

class Hash {
 public:
  Hash() {
    if (!state_) throw std::bad_alloc();
    XXH3_128bits_reset(state_.get());
  }
  void add(std::span<const std::byte> bytes) {
    XXH3_128bits_update(state_.get(), bytes.data(), bytes.size());
  }
  void add(std::uint64_t number) { add(std::as_bytes(std::span(&number, 1))); }
  void add(std::string_view text) {
    add(text.size());
    add(std::as_bytes(std::span(text)));
  }
  std::string text() const {
    const XXH128_hash_t hash = XXH3_128bits_digest(state_.get());
    return fmt::format("xxh3:{:016x}{:016x}", hash.high64, hash.low64);
  }

 private:
  struct Free {
    void operator()(XXH3_state_t* state) const { XXH3_freeState(state); }
  };
  std::unique_ptr<XXH3_state_t, Free> state_{XXH3_createState()};
};

void add(Hash& hash, const Tensor& tensor) {
  hash.add(std::string_view(tensor.name));
  hash.add(tensor.stored ? std::string_view() : std::string_view(tensor.dtype));
  hash.add(std::uint64_t{tensor.shape.size()});
  for (const std::int64_t dimension : tensor.shape) hash.add(static_cast<std::uint64_t>(dimension));
  if (!tensor.stored) return hash.add(tensor.bytes);
  hash.add(std::uint64_t{tensor.stored->module.parts.size()});
  for (const auto& [name, part] : tensor.stored->module.parts) add(hash, part);
}

}  // namespace

std::string content_hash(const std::vector<Tensor>& tensors) {
  std::vector<const Tensor*> usable;
  for (const Tensor& tensor : tensors)
    if (tensor.unusable().empty()) usable.push_back(&tensor);
  std::sort(usable.begin(), usable.end(),
            [](const Tensor* a, const Tensor* b) { return a->name < b->name; });
  Hash hash;
  for (const Tensor* tensor : usable) add(hash, *tensor);
  return hash.text();
}

}  // namespace qbench
