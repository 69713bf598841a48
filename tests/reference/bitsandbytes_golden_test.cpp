// SPDX-License-Identifier: Apache-2.0
// Equality with what bitsandbytes 0.50.2 itself wrote (its CPU library). Where its CPU library and
// the CUDA semantics that qbench follows differ, the difference is counted.
#include <cmath>
#include <cstring>
#include <filesystem>

#include "harness/checkpoint.h"
#include "reference/reference.h"
#include "reference/stored_numbers.h"
#include "tests/catch.h"

namespace qbench {
namespace {

const std::string kFolder = QBENCH_SOURCE_DIR "/../shared/bitsandbytes_golden/";
bool absent() { return !std::filesystem::exists(kFolder); }
const char* const kAbsent = "there is no ../shared/bitsandbytes_golden";

const int kBlockSizes[] = {32, 64, 128, 256, 4096};

class Golden {
 public:
  explicit Golden(const std::string& file) : checkpoint_(kFolder + file) {}
  bool has(const std::string& name) const { return checkpoint_.find(name) != nullptr; }
  Matrix matrix(const std::string& name) const { return to_matrix(tensor(name)); }
  std::span<const std::byte> bytes(const std::string& name) const { return tensor(name).bytes; }
  template <class T>
  std::vector<T> numbers(const std::string& name) const {
    std::vector<T> out(bytes(name).size() / sizeof(T));
    std::memcpy(out.data(), bytes(name).data(), bytes(name).size());
    return out;
  }

 private:
  const Tensor& tensor(const std::string& name) const {
    const Tensor* found = checkpoint_.find(name);
    if (found == nullptr) throw std::runtime_error("no tensor " + name);
    return *found;
  }
  Checkpoint checkpoint_;
};

bool equal(const Buffer<std::byte>& ours, std::span<const std::byte> theirs) {
  return std::ranges::equal(ours, theirs);
}

// fp4: codes may differ in the sign of a zero only.
bool equal_but_for_zeros(const QuantizedMatrix& ours, std::span<const std::byte> theirs) {
  QuantizedMatrix other = ours;
  std::ranges::copy(theirs, other.codes.begin());
  Matrix a(ours.rows, ours.cols), b(ours.rows, ours.cols);
  reference::dequantize(ours, a);
  reference::dequantize(other, b);
  return ours.codes.size() == theirs.size() && std::ranges::equal(a.values, b.values);
}

bool equal_codes(const QuantizedMatrix& ours, std::span<const std::byte> theirs) {
  return std::get<Levels>(ours.mode->codec).sign_magnitude ? equal_but_for_zeros(ours, theirs)
                                                           : equal(ours.codes, theirs);
}

struct Differences {
  int count = 0;    // numbers that differ
  int largest = 0;  // steps
};
template <class T>
Differences differences(std::span<const T> ours, std::span<const T> theirs) {
  REQUIRE(ours.size() == theirs.size());
  Differences found;
  for (std::size_t i = 0; i < ours.size(); ++i) {
    const int step = std::abs(static_cast<int>(ours[i]) - static_cast<int>(theirs[i]));
    found.count += step != 0;
    found.largest = std::max(found.largest, step);
  }
  return found;
}
template <class T>
std::span<const T> as(std::span<const std::byte> bytes) {
  return {reinterpret_cast<const T*>(bytes.data()), bytes.size() / sizeof(T)};
}

// The scales of -dq: the mean is a sum in another order; of 1,024 codes at block 32 two differ by a
// step, because the CPU library looks them up in 65,536 bins.
void check_nested(const QuantizedMatrix& q, std::span<const std::byte> codes,
                  const std::vector<float>& nested_absmax, double offset) {
  const Differences found =
      differences(as<std::uint8_t>(q.scales.numbers), as<std::uint8_t>(codes));
  CHECK(found.count <= (q.block_size == 32 && codes.size() == 1024 ? 2 : 0));
  CHECK(found.largest <= 1);
  CHECK(std::abs(static_cast<double>(as<float>(q.scales.offset)[0]) - offset) <= 6e-8);
  const auto ours = as<float>(q.scales.outer);
  REQUIRE(ours.size() == nested_absmax.size());
  for (std::size_t i = 0; i < ours.size(); ++i)
    CHECK(std::abs(ours[i] - nested_absmax[i]) <= 6e-8f);
}

void check_4bit(const Golden& golden, const std::string& input, const std::string& mode) {
  const Matrix w = golden.matrix(input + "/input");
  for (const int block_size : kBlockSizes) {
    const std::string key = input + "/" + mode + "/" + std::to_string(block_size) + "/";
    CAPTURE(key);
    const QuantizedMatrix q = reference::quantize(*find_mode(mode), block_size, w);
    CHECK(equal_codes(q, golden.bytes(key + "packed")));
    if (q.scales.outer.empty())
      CHECK(equal(q.scales.numbers, golden.bytes(key + "absmax")));
    else
      check_nested(q, golden.bytes(key + "absmax"), golden.numbers<float>(key + "nested_absmax"),
                   static_cast<double>(golden.numbers<float>(key + "offset")[0]));
  }
}

}  // namespace

TEST_CASE("4-bit codes and scales equal bitsandbytes'") {
  if (absent()) QBENCH_SKIP(kAbsent);
  const Golden golden("outputs.safetensors");
  for (const char* input : {"normal", "student_t", "outliers", "short"})
    for (const char* mode : {"nf4", "fp4", "nf4-dq", "fp4-dq"}) check_4bit(golden, input, mode);
}

TEST_CASE("int8 codes and row absmax of weights equal bitsandbytes'") {
  if (absent()) QBENCH_SKIP(kAbsent);
  const Golden golden("outputs.safetensors");
  for (const std::string input : {"normal", "student_t", "outliers", "short"}) {
    CAPTURE(input);
    const Matrix w = golden.matrix(input + "/input");
    const QuantizedMatrix q = reference::quantize(*find_mode("int8"), 0, w);
    CHECK(equal(q.scales.numbers, golden.bytes(input + "/int8/row_absmax")));
    const Differences found =
        differences(as<std::int8_t>(q.codes), as<std::int8_t>(golden.bytes(input + "/int8/codes")));
    CHECK(found.count <= 4 * static_cast<double>(w.size()) / 32768);  // ties
    CHECK(found.largest <= 1);
  }
}

TEST_CASE("int8 activations and their outlier columns equal bitsandbytes'") {
  if (absent()) QBENCH_SKIP(kAbsent);
  const Golden golden("outputs.safetensors");
  for (const std::string input : {"normal", "student_t", "outliers"}) {
    CAPTURE(input);
    const std::string key = input + "/int8/x";
    const auto a = reference::quantize_activations(golden.matrix(key), {.outlier_threshold = 6.0f});
    const auto columns = golden.numbers<std::int32_t>(key + "_outlier_columns");
    CHECK(a.outliers == std::vector<std::int64_t>(columns.begin(), columns.end()));
    CHECK(std::ranges::equal(a.row_absmax, golden.numbers<float>(key + "_row_absmax")));
    const Differences found = differences(std::span<const std::int8_t>(a.codes.values),
                                          as<std::int8_t>(golden.bytes(key + "_codes")));
    CHECK(found.count == 0);
  }
}

TEST_CASE("a checkpoint of bitsandbytes holds what quantizing its weights gives") {
  if (absent()) QBENCH_SKIP(kAbsent);
  const Golden saved("checkpoint.safetensors"), plain("checkpoint_unquantized.safetensors");
  for (const std::string mode : {"nf4", "nf4-dq", "fp4", "fp4-dq"}) {
    CAPTURE(mode);
    const std::string kind = mode.substr(0, 3), twice = mode == kind ? "" : "_dq";
    const std::string key = "model.layers.0." + kind + twice + ".weight";
    const QuantizedMatrix q = reference::quantize(*find_mode(mode), 64, plain.matrix(key));
    CHECK(equal_codes(q, saved.bytes(key)));
    CHECK(std::ranges::equal(std::get<Levels>(q.mode->codec).values,
                             saved.numbers<float>(key + ".quant_map")));
    if (twice.empty()) {
      CHECK(equal(q.scales.numbers, saved.bytes(key + ".absmax")));
      continue;
    }
    const auto state = as<char>(saved.bytes(key + ".quant_state.bitsandbytes__" + kind));
    const std::string text(state.begin(), state.end()), field = "\"nested_offset\": ";
    REQUIRE(text.find(field) != text.npos);
    check_nested(q, saved.bytes(key + ".absmax"), saved.numbers<float>(key + ".nested_absmax"),
                 std::stod(text.substr(text.find(field) + field.size())));
    CHECK(std::ranges::equal(reference::dynamic_map(),
                             saved.numbers<float>(key + ".nested_quant_map")));
  }
}

TEST_CASE("a checkpoint's int8 layer holds what quantizing its weights gives") {
  if (absent()) QBENCH_SKIP(kAbsent);
  const Golden saved("checkpoint.safetensors"), plain("checkpoint_unquantized.safetensors");
  const std::string key = "model.layers.0.int8.";
  const QuantizedMatrix q =
      reference::quantize(*find_mode("int8"), 0, plain.matrix(key + "weight"));
  CHECK(equal(q.scales.numbers, saved.bytes(key + "SCB")));
  const Differences found =
      differences(as<std::int8_t>(q.codes), as<std::int8_t>(saved.bytes(key + "weight")));
  CHECK(found.count <= 4);
  CHECK(found.largest <= 1);
}

}  // namespace qbench
