// SPDX-License-Identifier: Apache-2.0
// Every level, threshold and map entry of bitsandbytes, to the bit.
#include "tests/reference/golden/codebooks.h"

#include "reference/formats/fp4.h"
#include "reference/formats/nf4.h"
#include "reference/planes/stored_numbers.h"
#include "tests/catch.h"
#include "tests/reference/matrices.h"

namespace qbench::test {
namespace {

template <std::size_t N>
std::vector<std::uint32_t> listed(const std::uint32_t (&bits)[N]) {
  return {bits, bits + N};
}

TEST_CASE("every nf4 level is bitsandbytes' to the bit", "[golden]") {
  CHECK(difference(bits_of(kNf4Values), listed(golden::kNf4Levels)) == "");
}

TEST_CASE("every nf4 threshold is bitsandbytes' literal, not the midpoint", "[golden]") {
  CHECK(difference(bits_of(kNf4Thresholds), listed(golden::kNf4Thresholds)) == "");
}

TEST_CASE("every fp4 level is bitsandbytes' to the bit", "[golden]") {
  CHECK(difference(bits_of(kFp4Values), listed(golden::kFp4Levels)) == "");
}

TEST_CASE("every fp4 threshold is bitsandbytes' literal", "[golden]") {
  CHECK(difference(bits_of(kFp4Thresholds), listed(golden::kFp4Thresholds)) == "");
}

TEST_CASE("fp4 codes are ranked by the magnitude of their levels", "[golden]") {
  const std::vector<int> codes(std::begin(kFp4Codes), std::end(kFp4Codes));
  CHECK(codes == std::vector<int>(std::begin(golden::kFp4CodesByMagnitude),
                                  std::end(golden::kFp4CodesByMagnitude)));
  CHECK(std::ranges::is_sorted(kFp4Codes, {}, [](int code) { return kFp4Values[code]; }));
}

TEST_CASE("the modes use the tables that are golden") {
  for (const char* name : {"nf4", "nf4-dq"}) {
    const Mode& mode = *find_mode(name);
    const Thresholds& thresholds = mode.quantizer.thresholds;
    CHECK(std::get<Codebook>(mode.format.codec).values.data() == kNf4Values);
    CHECK(thresholds.at.data() == kNf4Thresholds);
    CHECK(thresholds.at.size() == 15);
    CHECK(thresholds.codes.empty());
    CHECK_FALSE(thresholds.sign_magnitude);
  }
  for (const char* name : {"fp4", "fp4-dq"}) {
    const Mode& mode = *find_mode(name);
    const Thresholds& thresholds = mode.quantizer.thresholds;
    CHECK(std::get<Codebook>(mode.format.codec).values.data() == kFp4Values);
    CHECK(thresholds.at.data() == kFp4Thresholds);
    CHECK(thresholds.at.size() == 7);
    CHECK(thresholds.codes.data() == kFp4Codes);
    CHECK(thresholds.sign_magnitude);
  }
}

TEST_CASE("all 256 values of the dynamic map are bitsandbytes' to the bit", "[golden]") {
  CHECK(difference(bits_of(reference::dynamic_map()), listed(golden::kDynamicMap)) == "");
}

TEST_CASE("the golden midpoints lie between the golden values of the dynamic map") {
  for (std::size_t i = 0; i < 255; ++i) {
    const float low = from_bits(golden::kDynamicMap[i]),
                high = from_bits(golden::kDynamicMap[i + 1]);
    CHECK(bits_of((low + high) * 0.5f) == golden::kDynamicMidpoints[i]);
  }
}

}  // namespace
}  // namespace qbench::test
