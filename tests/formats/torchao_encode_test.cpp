// SPDX-License-Identifier: Apache-2.0
// Codes and scales that one-pass quantizers write, against torchao's and torch's. Where those
// differ by a documented choice of theirs, the test says where.
#include "reference/reference.h"
#include "tests/formats/differing.h"
#include "tests/formats/torchao.h"

namespace qbench {
namespace {

using namespace as_data;
using test::Golden, test::kNoTorchao, test::kTorchao, test::kTorchaoFile, test::kTorchaoInputs;

QuantizedMatrix quantized(const Golden& golden, const std::string& input, const Mode& mode,
                          int block_size) {
  const Matrix w = golden.matrix(input + "/input");
  QuantizedMatrix q(mode.format, block_size, w.rows, w.cols);
  reference::quantize(w, mode, q);
  return q;
}

void check(const Golden& golden, const std::string& input, const std::string& name,
           const Mode& mode, int block_size) {
  CAPTURE(input, name);
  const QuantizedMatrix theirs =
      test::torchao_planes(golden, input + name, mode.format, block_size);
  CHECK(test::differing_bytes(quantized(golden, input, mode, block_size), theirs) == 0);
}

// The same where the codes of one row of weights may differ. Returns in how many bytes they do.
int check_but_row(std::int64_t row, const Golden& golden, const std::string& input,
                  const std::string& name, const Mode& mode, int block_size) {
  CAPTURE(input, name);
  const QuantizedMatrix theirs =
      test::torchao_planes(golden, input + name, mode.format, block_size);
  QuantizedMatrix ours = quantized(golden, input, mode, block_size);
  const std::int64_t a_row = packed_bytes(ours.cols, mode.format.bits, mode.format.packing);
  const int all = test::differing_bytes(ours, theirs);
  std::copy_n(theirs.codes.begin() + row * a_row, a_row, ours.codes.begin() + row * a_row);
  CHECK(test::differing_bytes(ours, theirs) == 0);
  return all;
}

// Weights near 1e-38: torchao divides them by 2^-126 or by 1 where it stores the scale 2^-127.
constexpr std::int64_t kLeastRow = 2;

int check_mx(const Golden& golden, const std::string& name, const Mode& mode) {
  for (const std::string input : {"normal", "student_t", "outliers"})
    check(golden, input, name, mode, 32);
  return check_but_row(kLeastRow, golden, "edge", name, mode, 32);
}

}  // namespace

TEST_CASE("MX by torchao's four rules has its codes and scales, but where a scale is 2^-127") {
  if (test::absent(kTorchao)) QBENCH_SKIP(kNoTorchao);
  const Golden golden(kTorchaoFile);
  int apart = 0;
  for (const auto& [name, modes] : test::kElements)
    for (std::size_t rule = 0; rule < std::size(test::kRules); ++rule)
      apart += check_mx(golden, "/mx-" + name + "/" + test::kRules[rule] + "/", *modes[rule]);
  constexpr int kBytesOfThatRow = 1701;
  CHECK(apart == kBytesOfThatRow);
}

TEST_CASE("FP8 per tensor and per row has torch's codes and scales") {
  if (test::absent(kTorchao)) QBENCH_SKIP(kNoTorchao);
  const Golden golden(kTorchaoFile);
  for (const std::string& input : kTorchaoInputs)
    for (const auto& [key, mode] : test::kFp8Keys) check(golden, input, key, *mode, 0);
}

TEST_CASE("NVFP4 at one and two levels has torchao's codes and scales, its floor included") {
  if (test::absent(kTorchao)) QBENCH_SKIP(kNoTorchao);
  const Golden golden(kTorchaoFile);
  for (const std::string& input : kTorchaoInputs) {
    check(golden, input, "/nvfp4/two-level/", kNvfp4Torchao, 16);
    check(golden, input, "/nvfp4/one-level/", kNvfp4OneLevelTorchao, 16);
  }
}

TEST_CASE("NVFP4 as ModelOpt has it differs from torchao's by the floor under scales alone") {
  if (test::absent(kTorchao)) QBENCH_SKIP(kNoTorchao);
  const Golden golden(kTorchaoFile);
  for (const std::string input : {"normal", "student_t", "outliers"})
    check(golden, input, "/nvfp4/two-level/", kNvfp4, 16);
  const QuantizedMatrix ours = quantized(golden, "edge", kNvfp4, 16);
  const QuantizedMatrix theirs =
      test::torchao_planes(golden, "edge/nvfp4/two-level/", kNvfp4.format, 16);
  CHECK(ours.codes == theirs.codes);
  CHECK(ours.scales.outer == theirs.scales.outer);
  constexpr int kBelowTheFloor = 120;
  CHECK(test::differing(ours.scales.numbers, theirs.scales.numbers) == kBelowTheFloor);
}

}  // namespace qbench
