// SPDX-License-Identifier: Apache-2.0
// Takes stretches of blocks to numbers of a byte each, and those to the planes.
#include "suites/checkpoints/containers/gguf_blocks.h"

#include <algorithm>
#include <array>
#include <cstring>
#include <stdexcept>
#include <string>
#include <type_traits>
#include <variant>

#include "reference/simd/loops.h"
#include "reference/simd/parallel.h"
#include "suites/checkpoints/containers/gguf_fields.h"

namespace qbench {
namespace {

constexpr std::int64_t kStretch = 2048;  // weights; every plane has whole bytes of a stretch
constexpr int kStreams = 5;              // planes that blocks of GGUF may have

// The numbers that one plane has.
template <class Plane>
struct Stream {
  Plane* plane = nullptr;  // an empty one: the format has no such plane
  int bits = 8;            // of a number in the plane
  int a_block = 0;         // numbers of a block; bytes where they are not unpacked
  Packing packing = Packing::low_first;
  std::uint64_t flipped = 0;  // the bits, of eight bytes of numbers, that ggml has the other way

  std::int64_t place(std::int64_t block) const {  // of a stretch's first block in the plane
    return packed_bytes(block * a_block, bits, packing);
  }
  std::int64_t scratch_bytes(std::int64_t blocks) const {
    return blocks * a_block * (bits > 8 ? bits / 8 : 1);
  }
};

// The upper bit of integers that may be negative and are narrower than a byte.
std::uint64_t flipped_of(const Codec& codec, int bits) {
  const auto* integers = std::get_if<Integers>(&codec);
  if (integers == nullptr || integers->lowest >= 0 || bits >= 8) return 0;
  return in_all_bytes<std::uint64_t>(1u << (bits - 1));
}

constexpr std::uint64_t kSignsOfHalves = 0x8000800080008000;

// The streams of the codes, scales, outer scales, zeros and outer zeros, in this order.
template <class Planes, class Plane = std::conditional_t<
                            std::is_const_v<Planes>, const Buffer<std::byte>, Buffer<std::byte>>>
std::array<Stream<Plane>, kStreams> streams_of(const GgufLayout& layout, Planes& planes) {
  const Format& format = layout.mode.format;
  const int groups = layout.weights / layout.mode.block_size;
  std::array<Stream<Plane>, kStreams> all;
  all[0] = {&planes.codes, format.bits, layout.weights, format.packing,
            flipped_of(format.codec, format.bits)};
  if (layout.codes_as_in_plane) all[0] = {&planes.codes, 8, layout.weights * format.bits / 8};
  const auto add = [&](int at, auto& stored, const GroupNumber& how, std::uint64_t outer_flipped) {
    all[at] = {&stored.numbers, how.storage.bits, groups, Packing::low_first,
               flipped_of(how.storage.codec, how.storage.bits)};
    if (how.outer)
      all[at + 1] = {&stored.outer, how.outer->storage.bits, groups / how.outer->size,
                     Packing::low_first, outer_flipped};
  };
  add(1, planes.scales, format.scale, 0);
  if (format.zero != Zero::none) add(3, planes.zeros, format.zero_number, kSignsOfHalves);
  return all;
}

// Numbers of a stretch, those of each stream one after the other.
struct Stretch {
  alignas(8) std::uint8_t bytes[kStreams][kStretch];

  template <class Streams>
  BlockNumbers numbers(const Streams& streams, std::int64_t block) {
    const auto at = [&](int i) { return bytes[i] + streams[i].scratch_bytes(block); };
    return {at(0), at(1), at(2), at(3), at(4)};
  }
  template <class Streams>
  void clear(const Streams& streams, std::int64_t blocks) {
    for (int i = 0; i < kStreams; ++i)
      std::memset(bytes[i], 0, static_cast<std::size_t>(streams[i].scratch_bytes(blocks)));
  }
  // Bytes beyond the numbers, up to a whole word, are of no account.
  void flip(int stream, std::int64_t size, std::uint64_t flipped) {
    if (flipped == 0) return;
    for (std::int64_t i = 0; i < size; i += 8)
      store_word(bytes[stream] + i, load_word<std::uint64_t>(bytes[stream] + i) ^ flipped);
  }
};

template <class Stream>
void to_plane(Stream& stream, const std::uint8_t* numbers, std::int64_t block,
              std::int64_t blocks) {
  std::byte* out = stream.plane->data() + stream.place(block);
  const auto count = static_cast<std::size_t>(blocks * stream.a_block);
  if (stream.bits >= 8)
    std::memcpy(out, numbers, static_cast<std::size_t>(stream.scratch_bytes(blocks)));
  else
    reference::loops().pack(numbers, count, stream.bits, stream.packing, 0, out);
}

template <class Stream>
void from_plane(const Stream& stream, std::uint8_t* numbers, std::int64_t block,
                std::int64_t blocks) {
  const std::byte* in = stream.plane->data() + stream.place(block);
  const auto count = static_cast<std::size_t>(blocks * stream.a_block);
  if (stream.bits >= 8)
    std::memcpy(numbers, in, static_cast<std::size_t>(stream.scratch_bytes(blocks)));
  else
    reference::loops().unpack(in, count, stream.bits, stream.packing, numbers);
}

// Calls use(first block, number of blocks) for every stretch, several at once.
template <class Use>
void for_each_stretch(const GgufLayout& layout, std::int64_t blocks, const Use& use) {
  const std::int64_t a_stretch = kStretch / layout.weights;
  reference::parallel_parts(blocks, reference::kPart / layout.weights,
                            [&](std::int64_t begin, std::int64_t end) {
                              for (std::int64_t at = begin; at < end; at += a_stretch)
                                use(at, std::min(a_stretch, end - at));
                            });
}

std::int64_t blocks_of(const GgufLayout& layout, const QuantizedMatrix& planes) {
  return planes.size() / layout.weights;
}

}  // namespace

void unpack_blocks(const GgufLayout& layout, std::span<const std::byte> blocks,
                   QuantizedMatrix& planes) {
  auto streams = streams_of(layout, planes);
  const auto* bytes = reinterpret_cast<const std::uint8_t*>(blocks.data());
  for_each_stretch(layout, blocks_of(layout, planes), [&](std::int64_t first, std::int64_t count) {
    Stretch stretch;
    stretch.clear(streams, count);
    for (std::int64_t i = 0; i < count; ++i)
      layout.unpack(bytes + (first + i) * layout.bytes, stretch.numbers(streams, i));
    for (int i = 0; i < kStreams; ++i) {
      if (streams[i].a_block == 0) continue;
      stretch.flip(i, streams[i].scratch_bytes(count), streams[i].flipped);
      to_plane(streams[i], stretch.bytes[i], first, count);
    }
  });
}

void pack_blocks(const GgufLayout& layout, const QuantizedMatrix& planes,
                 std::span<std::byte> blocks) {
  const auto streams = streams_of(layout, planes);
  auto* bytes = reinterpret_cast<std::uint8_t*>(blocks.data());
  for_each_stretch(layout, blocks_of(layout, planes), [&](std::int64_t first, std::int64_t count) {
    Stretch stretch;
    for (int i = 0; i < kStreams; ++i) {
      if (streams[i].a_block == 0) continue;
      from_plane(streams[i], stretch.bytes[i], first, count);
      stretch.flip(i, streams[i].scratch_bytes(count), streams[i].flipped);
    }
    std::uint8_t* to = bytes + first * layout.bytes;
    std::memset(to, 0, static_cast<std::size_t>(count * layout.bytes));
    for (std::int64_t i = 0; i < count; ++i)
      layout.pack(to + i * layout.bytes, stretch.numbers(streams, i));
  });
}

void check_canonical(const GgufLayout& layout, std::span<const std::byte> blocks) {
  if (layout.is_canonical == nullptr) return;
  const auto* bytes = reinterpret_cast<const std::uint8_t*>(blocks.data());
  for (std::size_t at = 0; at < blocks.size(); at += static_cast<std::size_t>(layout.bytes))
    if (!layout.is_canonical(bytes + at))
      throw std::runtime_error("has bytes that ggml never writes: the file is damaged");
}

}  // namespace qbench
