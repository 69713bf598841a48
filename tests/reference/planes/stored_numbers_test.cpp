// SPDX-License-Identifier: Apache-2.0
// Scales in each of their formats, entered anywhere, and the tree that sums them.
#include "reference/planes/stored_numbers.h"

#include "tests/catch.h"
#include "tests/reference/formats/bitsandbytes_model.h"

namespace qbench::test {
namespace {

// One group a number, all in one line.
Partition groups_of(std::int64_t count) { return {count, count, 1}; }

StoredNumbers stored(const std::vector<float>& values, const GroupNumber& how,
                     const Quantizer& rules = {}) {
  const Partition groups = groups_of(std::ssize(values));
  StoredNumbers out = reference::room_for_numbers(how, groups);
  reference::store(values, how, rules, groups, out);
  return out;
}

std::vector<float> loaded(const StoredNumbers& numbers, const GroupNumber& how, std::int64_t first,
                          std::int64_t count, std::int64_t all) {
  std::vector<float> out(static_cast<std::size_t>(count));
  reference::load(numbers, how, groups_of(all), first, count, out.data());
  return out;
}

// The values, stored and loaded again.
std::vector<float> kept(const std::vector<float>& values, const Storage& storage,
                        Exponent exponent = Exponent::floor) {
  const std::int64_t count = std::ssize(values);
  return loaded(stored(values, {.storage = storage}, {.exponent = exponent}), {.storage = storage},
                0, count, count);
}

std::vector<int> bytes(const std::vector<float>& values, const Storage& storage,
                       Exponent exponent = Exponent::floor) {
  std::vector<int> out;
  for (const std::byte byte : stored(values, {.storage = storage}, {.exponent = exponent}).numbers)
    out.push_back(static_cast<int>(byte));
  return out;
}

TEST_CASE("scales in f32 keep every bit") {
  std::vector<float> values = random_values(100, 19);
  values.insert(values.end(), {-0.0f, 0x1p-149f, kInf, kNan, -FLT_MAX});
  CHECK(difference(bits_of(kept(values, stored::f32)), bits_of(values)) == "");
}

TEST_CASE("scales in f16 are rounded to nearest even and may overflow") {
  std::vector<float> values = random_values(100, 20), expected;
  values.insert(values.end(), {-0.0f, 0x1p-25f, 0x1p-24f, 65519.0f, 65520.0f, -kInf});
  for (const float value : values) expected.push_back(static_cast<float>(fp16(value)));
  CHECK(difference(bits_of(kept(values, stored::f16)), bits_of(expected)) == "");
}

TEST_CASE("E8M0 is the power of two below or above, held between 2^-127 and 2^127") {
  for (int e = -126; e <= 126; ++e) {
    CAPTURE(e);
    const float power = std::ldexp(1.0f, e);
    CHECK(kept({power, above(power), below(2 * power)}, stored::e8m0) ==
          std::vector<float>(3, power));
    CHECK(kept({above(power), below(2 * power), 2 * power}, stored::e8m0, Exponent::ceil) ==
          std::vector<float>(3, 2 * power));
  }
  const std::vector<float> small = {0.0f, 0x1p-149f, 0x1p-127f, above(0x1p-127f), 0x1p-126f};
  CHECK(bytes(small, stored::e8m0) == std::vector<int>{0, 0, 0, 0, 1});
  CHECK(bytes(small, stored::e8m0, Exponent::ceil) == std::vector<int>{0, 0, 0, 1, 1});
  const std::vector<float> large = {0x1p127f, FLT_MAX, kInf, kNan};
  CHECK(bytes(large, stored::e8m0) == std::vector<int>{254, 254, 254, 255});
  CHECK(bytes(large, stored::e8m0, Exponent::ceil) == std::vector<int>{254, 254, 254, 255});
  CHECK(kept({0.0f, kInf}, stored::e8m0) == std::vector{0x1p-127f, 0x1p127f});
  CHECK(std::isnan(kept({kNan}, stored::e8m0)[0]));
}

TEST_CASE("scales in E4M3 are rounded to it and saturate at 448") {
  CHECK(bytes({0.0f, 0x1p-9f, 0x1p-6f, 1.0f, 448.0f, 1e9f, kNan}, stored::e4m3) ==
        std::vector<int>{0, 1, 8, 0x38, 0x7e, 0x7e, 0x7f});
  CHECK(kept({0.0f, 1.0625f, 1.1875f, 463.0f, -2.5e-3f}, stored::e4m3) ==
        std::vector{0.0f, 1.0f, 1.25f, 448.0f, -0x1p-9f});
}

TEST_CASE("scales of 6 bits are whole numbers in a stream of bits") {
  CHECK(kept({0.0f, 0.5f, 1.5f, 62.4f, 99.0f, -5.0f, kNan}, stored::unsigned_integer(6)) ==
        std::vector{0.0f, 0.0f, 2.0f, 62.0f, 63.0f, 0.0f, 0.0f});
  CHECK(bytes({1.0f, 2.0f, 3.0f, 4.0f, 5.0f}, stored::unsigned_integer(6)) ==
        std::vector<int>{1 | 2 << 6, 2 >> 2 | (3 & 15) << 4, 3 >> 4 | 4 << 2, 5});
}

TEST_CASE("the dynamic map stores its own values as themselves") {
  std::vector<float> values;
  std::vector<int> codes;
  for (int code = 0; code < 256; ++code) {
    codes.push_back(code);
    values.push_back(from_bits(golden::kDynamicMap[code]));
  }
  CHECK(difference(bytes(values, stored::dynamic8), codes) == "");
  CHECK(difference(bits_of(kept(values, stored::dynamic8)), bits_of(values)) == "");
}

TEST_CASE(
    "a number midway in the dynamic map takes the even code, NaN 0, beyond the ends the ends") {
  for (int code = 0; code < 255; ++code) {
    CAPTURE(code);
    const float midpoint = from_bits(golden::kDynamicMidpoints[code]);
    const int even = code % 2 == 0 ? code : code + 1;
    CHECK(bytes({below(midpoint), midpoint, above(midpoint)}, stored::dynamic8) ==
          std::vector<int>{code, even, code + 1});
  }
  CHECK(bytes({kNan, -kNan, -1.0f, -kInf, kInf, 0.0f, -0.0f}, stored::dynamic8) ==
        std::vector<int>{0, 0, 0, 0, 255, 127, 127});
}

TEST_CASE("random numbers are stored as the nearest of the dynamic map") {
  std::vector<float> values = random_values(5000, 21);
  std::vector<int> expected;
  for (std::size_t i = 0; i < values.size(); ++i) {
    values[i] = std::ldexp(values[i], -static_cast<int>(i % 24));
    expected.push_back(dynamic_code(values[i]));
  }
  CHECK(difference(bytes(values, stored::dynamic8), expected) == "");
}

TEST_CASE("numbers loaded from any of them on are those of loading all") {
  const Storage storage =
      GENERATE(as<Storage>{}, stored::f32, stored::f16, stored::bf16, stored::e8m0, stored::e4m3,
               stored::unsigned_integer(6), stored::signed_integer(5), stored::dynamic8);
  const int outer = GENERATE(-1, 0, 16);  // -1: none
  CAPTURE(storage.bits, storage.codec.index(), outer);
  GroupNumber how = {.storage = storage};
  if (outer >= 0)
    how.outer = OuterLevel{.size = outer, .storage = stored::f16, .less_mean = outer > 0};
  const StoredNumbers numbers = stored(random_values(67, 22), how);
  const std::vector<float> all = loaded(numbers, how, 0, 67, 67);
  for (std::int64_t first = 0; first < 67; ++first)
    for (std::int64_t count = 1; first + count <= 67; ++count) {
      const std::vector<float> expected(all.begin() + first, all.begin() + first + count);
      const std::string found =
          difference(bits_of(loaded(numbers, how, first, count, 67)), bits_of(expected));
      if (!found.empty()) FAIL("from " << first << ", " << count << " numbers: " << found);
    }
}

TEST_CASE("an outer scale is the absmax of its numbers over qmax, with their sign where asked") {
  const std::vector<float> values = {1.0f, -8.0f, 8.0f, 0.5f, -0.25f};
  const GroupNumber how = {.storage = stored::f16, .outer = OuterLevel{.size = 3}};
  Quantizer rules = {.outer = {.qmax = 4}};
  CHECK(numbers<float>(stored(values, how, rules).outer) == std::vector{2.0f, 0.125f});
  CHECK(loaded(stored(values, how, rules), how, 0, 5, 5) == values);
  rules.outer.statistic = Statistic::signed_absmax;
  CHECK(numbers<float>(stored(values, how, rules).outer) == std::vector{-2.0f, 0.125f});
  CHECK(loaded(stored(values, how, rules), how, 0, 5, 5) == values);
}

TEST_CASE("outer scales do not cross rows of groups, as superblocks of GGUF do not") {
  const std::vector<float> values = {1.0f, 2.0f, 3.0f, 4.0f, 5.0f, 6.0f};  // 2 rows of 3 groups
  const Partition groups = {6 * 32, 3 * 32, 32};
  const GroupNumber how = {.storage = stored::f16, .outer = OuterLevel{.size = 2}};
  StoredNumbers out = reference::room_for_numbers(how, groups);
  reference::store(values, how, {}, groups, out);
  CHECK(numbers<float>(out.outer) == std::vector{2.0f, 3.0f, 5.0f, 6.0f});
}

TEST_CASE("an outer scale from statistics is rounded once, and so are the numbers under it") {
  const std::vector<float> statistics = {6.0f, 2.1f, 0.3f};
  const GroupNumber how = {.storage = stored::f32, .outer = OuterLevel{}};
  const StoredNumbers out =
      stored(statistics, how, {.qmax = 6, .outer = {.qmax = 448, .from_statistics = true}});
  const float outer = 6.0f / (6.0f * 448.0f);
  CHECK(numbers<float>(out.outer) == std::vector{outer});
  CHECK(numbers<float>(out.numbers) ==
        std::vector{6.0f / (6 * outer), 2.1f / (6 * outer), 0.3f / (6 * outer)});
}

// Value i with those at i + half, i + half / 2, ...: the fixed tree over 256 places, as a
// recursion.
double branch(const std::vector<double>& values, std::size_t i, std::size_t half) {
  if (half == 256) return i < values.size() ? values[i] : 0;
  return branch(values, i, 2 * half) + branch(values, i + half, 2 * half);
}

TEST_CASE("the tree sums known sequences in its own order") {
  CHECK(reference::tree_sum({}) == 0);
  CHECK(reference::tree_sum(std::vector{2.5f}) == 2.5);
  std::vector<float> values(256, 0.0f);
  values[0] = 0x1p60f, values[1] = 1, values[128] = -0x1p60f;  // 0 and 128 meet first
  CHECK(reference::tree_sum(values) == 1);
  std::swap(values[1], values[128]);  // 1 is lost in 2^60 before 1 meets it
  CHECK(reference::tree_sum(values) == 0);
  std::vector<float> whole(100'000, 1.0f);  // three levels
  CHECK(reference::tree_sum(whole) == 100'000);
}

TEST_CASE("the tree of a long sequence is that of the sums of its groups of 256") {
  std::vector<float> values = random_values(256 * 256 + 300, 23);
  for (std::size_t i = 0; i < values.size(); ++i)
    values[i] = std::ldexp(values[i], static_cast<int>(i * 7 % 90));  // so that order tells
  std::vector<double> sums(values.begin(), values.end());
  while (sums.size() > 1) {
    std::vector<double> next;
    for (std::size_t begin = 0; begin < sums.size(); begin += 256)
      next.push_back(
          branch({sums.begin() + begin, sums.begin() + std::min(begin + 256, sums.size())}, 0, 1));
    sums = next;
  }
  CHECK(reference::tree_sum(values) == sums[0]);
}

}  // namespace
}  // namespace qbench::test
