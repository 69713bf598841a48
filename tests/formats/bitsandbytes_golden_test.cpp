// SPDX-License-Identifier: Apache-2.0
// Equality with what bitsandbytes 0.50.2 itself wrote (its CPU library). Where its CPU library and
// the CUDA semantics that qbench follows differ, the difference is counted.
#include <fmt/format.h>

#include <cmath>

#include "reference/planes/stored_numbers.h"
#include "reference/reference.h"
#include "tests/catch.h"
#include "tests/golden.h"
#include "tests/reference/matrices.h"

namespace qbench {
namespace {

using test::absent, test::Golden;

const std::string kFolder = "bitsandbytes_golden";
const char* const kAbsent = "there is no ../shared/bitsandbytes_golden";

const int kBlockSizes[] = {32, 64, 128, 256, 4096};

template <class T>
std::span<const T> as(std::span<const std::byte> bytes) {
  return {reinterpret_cast<const T*>(bytes.data()), bytes.size() / sizeof(T)};
}
bool equal(const Buffer<std::byte>& ours, std::span<const std::byte> theirs) {
  return std::ranges::equal(ours, theirs);
}

// --- Numbers that are as near to one code as to the other

// Ours and theirs, and the number x that both stand for, in units of its scale.
struct Pair {
  double ours, theirs, x;
  bool differ() const { return ours != theirs; }
  double off_midpoint() const { return std::abs(x - (ours + theirs) / 2); }
};

// Where numbers differ they are ties, within `width`; how many differ.
int check_ties(const std::vector<Pair>& pairs, double width) {
  int count = 0;
  for (const Pair& pair : pairs) {
    if (!pair.differ()) continue;
    ++count;
    CAPTURE(pair.ours, pair.theirs, pair.x);
    CHECK(pair.off_midpoint() <= width);
  }
  return count;
}

int check_int8(std::span<const std::int8_t> ours, std::span<const std::byte> theirs,
               const Matrix& x, std::span<const float> absmax) {
  REQUIRE(ours.size() == theirs.size());
  std::vector<Pair> pairs;
  for (std::size_t i = 0; i < ours.size(); ++i) {
    const double scale = static_cast<double>(absmax[i / static_cast<std::size_t>(x.cols)]) / 127;
    const auto value = test::fp16(static_cast<double>(x.values[i]));
    pairs.push_back({static_cast<double>(ours[i]), static_cast<double>(as<std::int8_t>(theirs)[i]),
                     value / scale});
  }
  return check_ties(pairs, 127 * 0x1p-22);  // two roundings to f32
}

// Decoded weights, theirs with our scales.
int check_4bit_codes(const QuantizedMatrix& q, std::span<const std::byte> theirs, const Matrix& w) {
  REQUIRE(q.codes.size() == theirs.size());
  QuantizedMatrix other = q;
  std::ranges::copy(theirs, other.codes.begin());
  const auto decoded = test::dequantized(q), decoded_other = test::dequantized(other);
  const auto absmax = as<float>(q.scales.numbers);
  std::vector<Pair> pairs;
  for (std::size_t i = 0; i < decoded.size(); ++i) {
    const double scale = static_cast<double>(absmax[i / static_cast<std::size_t>(q.block_size)]);
    pairs.push_back({static_cast<double>(decoded[i]) / scale,
                     static_cast<double>(decoded_other[i]) / scale,
                     static_cast<double>(w.values[i]) / scale});
  }
  // Literals of fp4's thresholds in CUDA are up to 3.4e-7 off the midpoints that the CPU has.
  return check_ties(pairs, 5e-7);
}

// --- The files

// nf4 bytes are equal; fp4's may differ in the sign of a code that decodes to 0.
void check_codes(std::string_view mode, const QuantizedMatrix& plain,
                 std::span<const std::byte> theirs, const Matrix& w) {
  if (mode == "fp4")
    CHECK(check_4bit_codes(plain, theirs, w) == 0);
  else
    CHECK(equal(plain.codes, theirs));
}

struct Nested {
  std::span<const std::byte> codes;
  std::vector<float> absmax;
  double offset;
};

// The mean is a sum in another order; of 1,024 codes at block 32 two differ, by a step: the CPU
// library looks them up in 65,536 bins of [-1, 1].
void check_nested(const QuantizedMatrix& q, const QuantizedMatrix& plain, const Nested& theirs) {
  CHECK(std::abs(static_cast<double>(as<float>(q.scales.offset)[0]) - theirs.offset) <= 6e-8);
  const auto outer = as<float>(q.scales.outer);
  REQUIRE(outer.size() == theirs.absmax.size());
  for (std::size_t i = 0; i < outer.size(); ++i)
    CHECK(std::abs(outer[i] - theirs.absmax[i]) <= 6e-8f);
  const auto map = reference::dynamic_map();
  const auto ours = as<std::uint8_t>(q.scales.numbers), other = as<std::uint8_t>(theirs.codes);
  REQUIRE(ours.size() == other.size());
  std::vector<Pair> pairs;
  for (std::size_t i = 0; i < ours.size(); ++i) {
    const double absmax = static_cast<double>(as<float>(plain.scales.numbers)[i]);
    pairs.push_back({static_cast<double>(map[ours[i]]), static_cast<double>(map[other[i]]),
                     (absmax - theirs.offset) / static_cast<double>(outer[i / 256])});
    CHECK(std::abs(ours[i] - other[i]) <= 1);
  }
  CHECK(check_ties(pairs, 1.0 / 65535 + 1e-6) <= (q.block_size == 32 ? 2 : 0));
}

// `mode` is nf4 or fp4; checks it and its -dq.
void check_4bit(const Golden& golden, const std::string& input, const std::string& mode) {
  const Matrix w = golden.matrix(input + "/input");
  for (const int block_size : kBlockSizes) {
    const std::string key = fmt::format("{}/{}/{}/", input, mode, block_size),
                      twice = fmt::format("{}/{}-dq/{}/", input, mode, block_size);
    CAPTURE(key);
    const QuantizedMatrix plain = test::quantized(mode, block_size, w);
    check_codes(mode, plain, golden.bytes(key + "packed"), w);
    CHECK(equal(plain.scales.numbers, golden.bytes(key + "absmax")));
    const QuantizedMatrix q = test::quantized(mode + "-dq", block_size, w);
    CHECK(q.codes == plain.codes);
    check_codes(mode, plain, golden.bytes(twice + "packed"), w);
    check_nested(q, plain,
                 {golden.bytes(twice + "absmax"), golden.numbers<float>(twice + "nested_absmax"),
                  static_cast<double>(golden.numbers<float>(twice + "offset")[0])});
  }
}

// The number that the JSON text of a saved tensor has as its nested_offset.
double nested_offset(const Golden& saved, const std::string& key) {
  const auto state = as<char>(saved.bytes(key));
  const std::string text(state.begin(), state.end()), field = "\"nested_offset\": ";
  REQUIRE(text.find(field) != text.npos);
  return std::stod(text.substr(text.find(field) + field.size()));
}

constexpr int kMostInt8Ties = 4;

}  // namespace

TEST_CASE("4-bit codes and scales equal bitsandbytes'") {
  if (absent(kFolder)) QBENCH_SKIP(kAbsent);
  const Golden golden(kFolder + "/outputs.safetensors");
  for (const char* input : {"normal", "student_t", "outliers", "short"})
    for (const char* mode : {"nf4", "fp4"}) check_4bit(golden, input, mode);
}

TEST_CASE("int8 codes and row absmax of weights equal bitsandbytes'") {
  if (absent(kFolder)) QBENCH_SKIP(kAbsent);
  const Golden golden(kFolder + "/outputs.safetensors");
  for (const std::string input : {"normal", "student_t", "outliers", "short"}) {
    CAPTURE(input);
    const Matrix w = golden.matrix(input + "/input");
    const QuantizedMatrix q = test::quantized("int8", 0, w);
    CHECK(equal(q.scales.numbers, golden.bytes(input + "/int8/row_absmax")));
    CHECK(check_int8(as<std::int8_t>(q.codes), golden.bytes(input + "/int8/codes"), w,
                     as<float>(q.scales.numbers)) <= kMostInt8Ties);
  }
}

TEST_CASE("int8 activations and their outlier columns equal bitsandbytes'") {
  if (absent(kFolder)) QBENCH_SKIP(kAbsent);
  const Golden golden(kFolder + "/outputs.safetensors");
  for (const std::string input : {"normal", "student_t", "outliers"}) {
    CAPTURE(input);
    const std::string key = input + "/int8/x";
    const auto a = reference::quantize_activations(golden.matrix(key), {.outlier_threshold = 6.0f});
    const auto columns = golden.numbers<std::int32_t>(key + "_outlier_columns");
    CHECK(a.outliers == std::vector<std::int64_t>(columns.begin(), columns.end()));
    CHECK(std::ranges::equal(a.row_absmax, golden.numbers<float>(key + "_row_absmax")));
    CHECK(check_int8(a.codes.values, golden.bytes(key + "_codes"), a.values, a.row_absmax) <=
          kMostInt8Ties);
  }
}

TEST_CASE("a checkpoint of bitsandbytes holds what quantizing its weights gives") {
  if (absent(kFolder)) QBENCH_SKIP(kAbsent);
  const Golden saved(kFolder + "/checkpoint.safetensors"),
      unquantized(kFolder + "/checkpoint_unquantized.safetensors");
  for (const std::string mode : {"nf4", "fp4"})
    for (const std::string twice : {"", "_dq"}) {
      const std::string key = "model.layers.0." + mode + twice + ".weight";
      CAPTURE(key);
      const Matrix w = unquantized.matrix(key);
      const QuantizedMatrix plain = test::quantized(mode, 64, w);
      // bf16 weights often lie on a threshold of fp4 exactly.
      const int ties = check_4bit_codes(plain, saved.bytes(key), w);
      CHECK(ties <= (mode == "fp4" ? 1e-3 * static_cast<double>(w.size()) : 0));
      CHECK(std::ranges::equal(std::get<Codebook>(plain.format->codec).values,
                               saved.numbers<float>(key + ".quant_map")));
      if (twice.empty()) {
        CHECK(equal(plain.scales.numbers, saved.bytes(key + ".absmax")));
        continue;
      }
      check_nested(test::quantized(mode + "-dq", 64, w), plain,
                   {saved.bytes(key + ".absmax"), saved.numbers<float>(key + ".nested_absmax"),
                    nested_offset(saved, key + ".quant_state.bitsandbytes__" + mode)});
      CHECK(std::ranges::equal(reference::dynamic_map(),
                               saved.numbers<float>(key + ".nested_quant_map")));
    }
}

// Its SCB is 127 in every row: the absmax of the codes. So only the codes can be compared.
TEST_CASE("a checkpoint's int8 layer holds the codes that quantizing its weights gives") {
  if (absent(kFolder)) QBENCH_SKIP(kAbsent);
  const Golden saved(kFolder + "/checkpoint.safetensors"),
      unquantized(kFolder + "/checkpoint_unquantized.safetensors");
  const std::string key = "model.layers.0.int8.weight";
  const Matrix w = unquantized.matrix(key);
  const QuantizedMatrix q = test::quantized("int8", 0, w);
  CHECK(check_int8(as<std::int8_t>(q.codes), saved.bytes(key), w, as<float>(q.scales.numbers)) <=
        kMostInt8Ties);
}

}  // namespace qbench
