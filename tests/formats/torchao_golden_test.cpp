// SPDX-License-Identifier: Apache-2.0
// Codes, scales and zero points that torchao, torch and hqq wrote, as planes of formats described
// as data: the weights are theirs to the bit.
#include "tests/formats/integers.h"
#include "tests/formats/torchao.h"

namespace qbench {
namespace {

using namespace as_data;
using test::Golden, test::kNoTorchao, test::kTorchao, test::kTorchaoFile, test::kTorchaoInputs;

void check(const Golden& golden, const std::string& key, const Format& format, int block_size) {
  CAPTURE(key);
  test::check_decoded(test::torchao_planes(golden, key, format, block_size),
                      golden.matrix(key + "dequantized").values);
}

}  // namespace

TEST_CASE("MX of five elements, whatever rule found its scales, decodes as torchao's") {
  if (test::absent(kTorchao)) QBENCH_SKIP(kNoTorchao);
  const Golden golden(kTorchaoFile);
  for (const auto& [name, modes] : test::kElements)
    for (const std::string& input : kTorchaoInputs)
      for (const std::string& rule : test::kRules)
        check(golden, input + "/mx-" + name + "/" + rule + "/", modes[0]->format, 32);
}

TEST_CASE("NVFP4 at one and at two levels decodes as torchao's") {
  if (test::absent(kTorchao)) QBENCH_SKIP(kNoTorchao);
  const Golden golden(kTorchaoFile);
  for (const std::string& input : kTorchaoInputs) {
    check(golden, input + "/nvfp4/one-level/", kNvfp4OneLevelTorchao.format, 16);
    check(golden, input + "/nvfp4/two-level/", kNvfp4.format, 16);
  }
}

TEST_CASE("FP8 per tensor and per row decodes as torch's") {
  if (test::absent(kTorchao)) QBENCH_SKIP(kNoTorchao);
  const Golden golden(kTorchaoFile);
  for (const std::string& input : kTorchaoInputs)
    for (const auto& [key, mode] : test::kFp8Keys) check(golden, input + key, mode->format, 0);
}

TEST_CASE("HQQ, whose zero points are any numbers, decodes as hqq's") {
  if (test::absent(kTorchao)) QBENCH_SKIP(kNoTorchao);
  const Golden golden(kTorchaoFile);
  for (const int bits : {8, 4, 3, 2})
    for (const std::string& input : kTorchaoInputs)
      for (const std::string state : {"/start/", "/optimized/"})
        if (input != "edge")  // hqq's file has none
          check(golden, input + "/hqq-int" + std::to_string(bits) + state,
                real_zeros(bits, stored::f32), 64);
}

}  // namespace qbench
