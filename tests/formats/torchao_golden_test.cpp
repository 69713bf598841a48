// SPDX-License-Identifier: Apache-2.0
// Codes, scales and zero points that torchao, torch and hqq wrote, as planes of formats described
// as data: the weights are theirs to the bit.
#include "tests/formats/floats.h"
#include "tests/formats/integers.h"
#include "tests/formats/planes.h"
#include "tests/golden.h"

namespace qbench {
namespace {

using namespace to_come;
using test::Golden;
using test::Numbers;

const std::string kFolder = "torchao_golden", kFile = kFolder + "/outputs.safetensors";
const char* const kAbsent = "there is no ../shared/torchao_golden";
const std::string kInputs[] = {"normal", "student_t", "outliers", "edge"};

template <class T>
std::vector<std::int64_t> numbers(const Golden& golden, const std::string& key) {
  const auto all = golden.numbers<T>(key);
  return {all.begin(), all.end()};
}

// Codes of E2M1 lie two a byte, others have a byte each.
std::vector<std::int64_t> codes(const Golden& golden, const std::string& key, std::int64_t count) {
  const auto bytes = golden.bytes(key + "codes");
  if (static_cast<std::int64_t>(bytes.size()) == count)
    return numbers<std::uint8_t>(golden, key + "codes");
  const auto all = test::nibbles(bytes, count, Packing::low_first);
  return {all.begin(), all.end()};
}

void check(const Golden& golden, const std::string& key, const Format& format, int size,
           Numbers numbers) {
  CAPTURE(key);
  const Matrix expected = golden.matrix(key + "dequantized");
  numbers.codes = codes(golden, key, expected.size());
  test::check_decoded(test::planes(format, size, expected.rows, expected.cols, numbers),
                      expected.values);
}

struct Element {
  std::string name;
  int bits;
  SmallFloat codec;
};
const Element kElements[] = {{"e4m3", 8, kE4M3},
                             {"e5m2", 8, kE5M2},
                             {"e2m1", 4, kE2M1},
                             {"e2m3", 6, kE2M3},
                             {"e3m2", 6, kE3M2}};

}  // namespace

TEST_CASE("MX of five elements, whatever rule found its scales, decodes as torchao's") {
  if (test::absent(kFolder)) QBENCH_SKIP(kAbsent);
  const Golden golden(kFile);
  for (const auto& [name, bits, codec] : kElements)
    for (const std::string& input : kInputs)
      for (const std::string rule : {"floor", "rceil", "ceil", "even"}) {
        const std::string key = input + "/mx-" + name + "/" + rule + "/";
        check(golden, key, microscaling(bits, codec, 1).format, 32,
              {.scales = numbers<std::uint8_t>(golden, key + "scales")});
      }
}

TEST_CASE("NVFP4 at one and at two levels decodes as torchao's") {
  if (test::absent(kFolder)) QBENCH_SKIP(kAbsent);
  const Golden golden(kFile);
  Format one_level = kNvfp4.format;
  one_level.scale.outer.reset();
  for (const std::string& input : kInputs) {
    const std::string one = input + "/nvfp4/one-level/", two = input + "/nvfp4/two-level/";
    check(golden, one, one_level, 16, {.scales = numbers<std::uint8_t>(golden, one + "scales")});
    check(golden, two, kNvfp4.format, 16,
          {.scales = numbers<std::uint8_t>(golden, two + "scales"),
           .outer = numbers<std::uint32_t>(golden, two + "tensor_scale")});
  }
}

TEST_CASE("FP8 per tensor and per row decodes as torch's") {
  if (test::absent(kFolder)) QBENCH_SKIP(kAbsent);
  const Golden golden(kFile);
  for (const auto& [name, codec] : {std::pair{"e4m3", kE4M3}, std::pair{"e5m2", kE5M2}})
    for (const std::string& input : kInputs)
      for (const bool row : {false, true}) {
        const std::string key = input + "/fp8-" + name + (row ? "/row/" : "/tensor/");
        check(golden, key, fp8(codec, row ? Granularity::row : Granularity::tensor).format, 0,
              {.scales = numbers<std::uint32_t>(golden, key + "scales")});
      }
}

TEST_CASE("HQQ, whose zero points are any numbers, decodes as hqq's") {
  if (test::absent(kFolder)) QBENCH_SKIP(kAbsent);
  const Golden golden(kFile);
  for (const int bits : {8, 4, 3, 2})
    for (const std::string& input : kInputs)
      for (const std::string state : {"start", "optimized"}) {
        if (input == "edge") continue;  // hqq's file has none
        const std::string key = input + "/hqq-int" + std::to_string(bits) + "/" + state + "/";
        check(golden, key, real_zeros(bits, stored::f32), 64,
              {.scales = numbers<std::uint32_t>(golden, key + "scales"),
               .zeros = numbers<std::uint32_t>(golden, key + "zeros")});
      }
}

}  // namespace qbench
