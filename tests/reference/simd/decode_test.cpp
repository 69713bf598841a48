// SPDX-License-Identifier: Apache-2.0
// Codes from packed bytes, and weights from codes, at every instruction set: against one code at a
// time.
#include <memory>

#include "reference/formats/small_floats.h"
#include "reference/planes/codec.h"
#include "reference/planes/stored_numbers.h"
#include "tests/catch.h"
#include "tests/reference/matrices.h"

namespace qbench::test {
namespace {

using reference::GroupStretch;
using reference::SimdLoops;

std::vector<std::uint8_t> random_codes(std::size_t count, int below, unsigned seed) {
  std::mt19937 generator(seed);
  std::vector<std::uint8_t> codes;
  for (std::size_t i = 0; i < count; ++i)
    codes.push_back(static_cast<std::uint8_t>(generator() % static_cast<unsigned>(below)));
  return codes;
}

// --- Packed bytes to codes

// True if codes come back out of no more bytes than they take, and nothing is written behind them.
bool unpacked(const SimdLoops& loops, const std::vector<std::uint8_t>& codes, int bits,
              Packing packing) {
  const auto count = static_cast<std::int64_t>(codes.size());
  const auto size = static_cast<std::size_t>(packed_bytes(count, bits, packing));
  const auto bytes = std::make_unique<std::byte[]>(size);  // sanitizers see where they end
  loops.pack(codes.data(), codes.size(), bits, packing, 0, bytes.get());
  std::vector<std::uint8_t> expected = codes;
  expected.insert(expected.end(), 8, 0xa5);
  std::vector<std::uint8_t> back(expected.size(), 0xa5);
  loops.unpack(bytes.get(), codes.size(), bits, packing, back.data());
  return back == expected;
}

TEST_CASE("codes of every width and packing are unpacked at every instruction set") {
  for (const SimdLoops* loops : reference::all_loops())
    for (const std::size_t count :
         {1, 2, 3, 5, 7, 8, 9, 15, 16, 17, 33, 64, 255, 256, 257, 261, 511, 513, 1000}) {
      CAPTURE(loops->name, count);
      for (int bits = 1; bits <= 8; ++bits) {
        CAPTURE(bits);
        const auto codes = random_codes(count, 1 << bits, 21);
        CHECK(unpacked(*loops, codes, bits, Packing::low_first));
        CHECK(unpacked(*loops, codes, bits, Packing::high_first));
      }
      CHECK(unpacked(*loops, random_codes(count, 3, 22), 2, Packing::trits));
    }
}

// --- Codes to weights

struct Case {
  const char* name;
  Codec codec;
  int bits;
};

const std::vector<float> kRandomValues = random_values(256, 23);
Case codebook(const char* name, int bits) {
  return {name,
          Codebook{.values = std::span(kRandomValues).first(std::size_t{1} << bits), .origin = {}},
          bits};
}

std::vector<Case> all_cases() {
  std::vector<Case> all = {{"E4M3", kE4M3, 8},
                           {"E5M2", kE5M2, 8},
                           {"E3M2", kE3M2, 6},
                           {"E2M3", kE2M3, 6},
                           {"E2M1", kE2M1, 4},
                           {"power of two", PowerOfTwo{}, 8},
                           {"dynamic map", DynamicMap{}, 8}};
  for (int bits = 1; bits <= 8; ++bits) {
    all.push_back({"unsigned integers", Integers{0, (1 << bits) - 1}, bits});
    all.push_back({"signed integers", Integers{-(1 << (bits - 1)), (1 << (bits - 1)) - 1}, bits});
    all.push_back(codebook("codebook", bits));
  }
  return all;
}

// Numbers of so many groups as there may be.
struct Groups {
  std::vector<float> scale = random_values(300, 24), zero = random_values(300, 25);

  GroupStretch stretch(std::size_t first, std::size_t size, Zero kind) const {
    return {.first = first,
            .size = size,
            .scale = scale.data(),
            .zero = kind == Zero::point ? zero.data() : nullptr,
            .minimum = kind == Zero::minimum ? zero.data() : nullptr,
            .factor = 1.0f / 127};
  }
};

float weight(float value, const GroupStretch& stretch, std::size_t i) {
  const std::size_t group = i < stretch.first ? 0 : (i - stretch.first) / stretch.size + 1;
  const float point = stretch.zero ? value - stretch.zero[group] : value;
  const float scaled = point * stretch.scale[group] * stretch.factor;
  return stretch.minimum ? scaled + stretch.minimum[group] : scaled;
}

// A NaN is a NaN, whatever its sign.
std::vector<std::uint32_t> bits_but_of_nan(std::span<const float> values) {
  std::vector<std::uint32_t> bits;
  for (const float value : values) bits.push_back(std::isnan(value) ? 0x7fc00000 : bits_of(value));
  return bits;
}

void check_decoded(const Case& of, std::size_t count, const GroupStretch& stretch) {
  const auto codes = random_codes(count, 1 << of.bits, 26);
  const auto table = reference::decode_table(of.codec, of.bits);
  std::vector<float> expected(count + 16, -7.0f), decoded = expected;
  for (std::size_t i = 0; i < count; ++i) expected[i] = weight(table[codes[i]], stretch, i);
  reference::decode(of.codec, of.bits, codes.data(), count, stretch, decoded.data());
  CHECK(difference(bits_but_of_nan(decoded), bits_but_of_nan(expected)) == "");
}

}  // namespace

TEST_CASE("codes are decoded by the numbers of their groups at every instruction set") {
  const SimdLoops& before = reference::loops();
  const Groups groups;
  for (const SimdLoops* loops : reference::all_loops()) {
    reference::use_loops(*loops);
    for (const Case& of : all_cases())
      for (const Zero kind : {Zero::none, Zero::point, Zero::minimum})
        for (const auto& [first, size] :
             {std::pair{1, 1}, {1, 16}, {16, 16}, {3, 20}, {40, 24}, {7, 129}, {500, 1}})
          for (const std::size_t count : {1, 4, 7, 16, 33, 130, 257}) {
            CAPTURE(loops->name, of.name, of.bits, static_cast<int>(kind), first, size, count);
            check_decoded(of, count, groups.stretch(first, size, kind));
          }
  }
  reference::use_loops(before);
}

TEST_CASE("a weight of -0 stays one without a minimum, and is 0 with one of 0") {
  const std::vector<float> none = {0, -1}, zeros(2, 0.0f);
  const std::uint8_t codes[] = {0, 0};
  float decoded[2];
  GroupStretch stretch = {.first = 1, .size = 1, .scale = none.data()};
  reference::decode(Integers{0, 15}, 4, codes, 2, stretch, decoded);
  CHECK(bits_of(decoded[1]) == 0x80000000);
  stretch.minimum = zeros.data();
  reference::decode(Integers{0, 15}, 4, codes, 2, stretch, decoded);
  CHECK(bits_of(decoded[1]) == 0);
}

}  // namespace qbench::test
