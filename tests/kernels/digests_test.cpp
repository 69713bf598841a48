// SPDX-License-Identifier: Apache-2.0
// The results that must be the same bits on every device: codes with their scales, int8 sums, and
// products of integers so small that no order of a tensor core's additions rounds. Held to
// digests.txt, which hardware and emulator share; QBENCH_UPDATE_DIGESTS=1 rewrites it from the
// emulator. Compiled once for each device, QBENCH_TEST_DEVICE.
#include <algorithm>
#include <array>
#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <map>
#include <random>
#include <sstream>

#include "kernels/device/cuda_device.h"
#include "tests/catch.h"
#include "tests/kernels/edges.h"
#include "tests/tree.h"

using namespace qbench;
using namespace qbench::test;

namespace {

constexpr bool kEmulated = QBENCH_TEST_DEVICE::kDevice == DeviceKind::emulated;
const std::string kFile = test::in_tree("tests/kernels/digests.txt");
constexpr const char* kHeader =
    "# 64-bit FNV-1a of what must be the same bits on every device; tests/kernels/digests_test.cpp "
    "rewrites\n# it with QBENCH_UPDATE_DIGESTS=1 and says what is in it.\n";
constexpr std::int64_t kDigestRows[] = {1, 9, 17};
constexpr std::pair<int, int> kDigestWeights[] = {{33, 77}, {33, 96}, {70, 192}};

// By the name of the case; a hash is 16 digits of hex.
using Digests = std::map<std::string, std::string>;

class Hash {
 public:
  template <class Values>
  void add(const Values& values) {
    const auto* const bytes = reinterpret_cast<const unsigned char*>(values.data());
    for (std::size_t i = 0; i < values.size() * sizeof values[0]; ++i)
      hash_ = (hash_ ^ bytes[i]) * 0x100000001b3u;
  }
  std::string hex() const {
    char text[17];
    std::snprintf(text, sizeof text, "%016llx", static_cast<unsigned long long>(hash_));
    return text;
  }

 private:
  std::uint64_t hash_ = 0xcbf29ce484222325u;
};

std::string digest_of(Trial& trial) {
  Hash hash;
  trial.poison();
  trial.run_once();
  hash.add(trial.output().values);
  if (const QuantizedMatrix* q = trial.quantized())
    for_each_plane(*q, [&](Plane, const auto& bytes) { hash.add(bytes); });
  return hash.hex();
}

// The least, the largest and 0 of numbers that the mode holds exactly: integers with the step 1.
// Means have it where all magnitudes are the same.
std::array<float, 3> exact_numbers(const Mode& mode) {
  const Quantizer& quantizer = mode.quantizer;
  if (quantizer.statistic == Statistic::mean_abs ||
      std::holds_alternative<TernaryMeans>(quantizer.search))
    return {-2, 2, 2};
  const auto* integers = std::get_if<Integers>(&mode.format.codec);
  if (integers == nullptr) return {-2, 2, 0};
  if (mode.format.zero != Zero::point) return {-quantizer.qmax, quantizer.qmax, 0};
  const auto highest = static_cast<float>(integers->highest), half = (highest + 1) / 2;
  return {-half, highest - half, 0};
}

// Every group has the least and the largest.
Matrix integer_weights(const Mode& mode, std::int64_t n, std::int64_t k) {
  const std::array<float, 3> values = exact_numbers(mode);
  std::mt19937 random(1);
  Matrix weights(n, k);
  for (std::int64_t row = 0; row < n; ++row)
    for (std::int64_t col = 0; col < k; ++col)
      weights.row(row)[col] = values[col % 8 < 2 ? col % 8 : random() % 3];
  return weights;
}

// Tensor cores multiply levels, times a gain, of up to 11 bits with these: the sums of a segment of
// 64 take up to 19 bits, so that no order of adding rounds. What follows is IEEE, in fixed order.
Matrix integer_activations(std::int64_t m, std::int64_t k) {
  std::mt19937 random(2);
  Matrix x(m, k);
  for (float& value : x.values) value = static_cast<float>(random() % 7) - 3;
  return x;
}

// Returns false where the mode does not hold the integers: its products are then left out.
// LLM.int8() scales every row, so that integers are no use; without outliers its sums are int32,
// and what follows is IEEE.
bool make_exact(Inputs& inputs, const Mode& mode) {
  if (mode.format.activations) {
    inputs.x =
        rounded(make_activations(Input::normal, inputs.x.rows, inputs.x.cols, 1), inputs.dtype);
    REQUIRE(std::ranges::max(inputs.x.values) < 6);
    REQUIRE(std::ranges::min(inputs.x.values) > -6);
    return true;
  }
  inputs.weights = integer_weights(mode, inputs.weights.rows, inputs.weights.cols);
  inputs.x = integer_activations(inputs.x.rows, inputs.x.cols);
  reference::quantize(inputs.weights, mode, inputs.quantized);
  Matrix decoded(inputs.weights.rows, inputs.weights.cols);
  reference::dequantize(inputs.quantized, decoded);
  return decoded.values == inputs.weights.values;
}

// Kernels that quantize must agree; those that multiply add in orders of their own.
std::string case_of(const Kernel& kernel, const Shape& shape, Dtype dtype) {
  std::ostringstream id;
  id << name(kernel.op) << '/' << kernel.mode->name << '/' << name(dtype) << '/';
  if (kernel.op == Op::matmul) id << kernel.name << '/' << shape.m << 'x';
  id << shape.n << 'x' << shape.k;
  return id.str();
}

void add_cases(Op op, const Mode& mode, const Shape& shape, Dtype dtype, Digests& digests) {
  Inputs inputs(mode, shape, dtype);
  if (op == Op::matmul && !make_exact(inputs, mode)) return;
  const Problem problem = inputs.problem(op);
  for (const Kernel& kernel : own(QBENCH_TEST_DEVICE::kernels())) {
    if (is_shared(kernel)) continue;
    if (kernel.op != op || kernel.mode != &mode || !kernel.unsupported(problem).empty()) continue;
    const std::string id = case_of(kernel, shape, dtype);
    CAPTURE(id, kernel.name);
    const std::unique_ptr<Trial> trial = kernel.prepare(problem);
    const std::string digest = digest_of(*trial);
    CHECK(digests.emplace(id, digest).first->second == digest);
  }
}

Digests digests_here() {
  Digests digests;
  for (const Mode* mode : all_modes())
    for (const Dtype dtype : kDtypes)
      for (const auto& [n, k] : kDigestWeights) {
        if (!mode->quantized()) continue;
        add_cases(Op::quantize, *mode, {1, n, k}, dtype, digests);
        for (const std::int64_t m : kDigestRows)
          add_cases(Op::matmul, *mode, {m, n, k}, dtype, digests);
      }
  return digests;
}

Digests digests_in_file() {
  std::ifstream file(kFile);
  Digests digests;
  for (std::string line; std::getline(file, line);) {
    const std::size_t space = line.find(' ');
    if (line.starts_with('#') || space == line.npos) continue;
    digests[line.substr(0, space)] = line.substr(space + 1);
  }
  return digests;
}

void write(const Digests& digests) {
  std::ofstream file(kFile);
  file << kHeader;
  for (const auto& [id, digest] : digests) file << id << ' ' << digest << '\n';
}

}  // namespace

TEST_CASE("codes, scales, int8 sums and products of small integers are the bits of digests.txt",
          "[digests]") {
  const std::string why = kEmulated ? std::string() : cuda_status().unusable();
  if (!why.empty()) QBENCH_SKIP(why);
  const Digests here = digests_here();
  if (kEmulated && std::getenv("QBENCH_UPDATE_DIGESTS")) write(here);
  Digests expected = digests_in_file();
  if (!QBENCH_TEST_DEVICE::open_device(0).traits().wgmma)
    std::erase_if(expected, [](const auto& one) {
      return one.first.find("/gemm-wgmma/") != std::string::npos;
    });
  REQUIRE(expected.size() > 100);
  const bool all_kernels = !kEmulated || std::ranges::all_of(all_modes(), [](const Mode* mode) {
    return !mode->quantized() || emulated::is_compiled(*mode);
  });
  CHECK((here.size() == expected.size() || !all_kernels));
  for (const auto& [id, digest] : expected) {
    if (!all_kernels && !here.contains(id)) continue;
    CAPTURE(id);
    REQUIRE(here.contains(id));
    CHECK(here.at(id) == digest);
  }
}
