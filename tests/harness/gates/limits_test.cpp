// SPDX-License-Identifier: Apache-2.0
// The numbers of options and of policies, at both ends of what they may be.
#include "reference/simd/parallel.h"
#include "tests/harness/gates/policies.h"

namespace qbench {
namespace {

using namespace test;

struct OptionLimit {
  std::vector<std::string> line;
  std::vector<std::string> taken, refused;
};

struct PolicyLimit {
  const char* text;  // its second line holds % for the number
  std::vector<const char*> taken, refused;
};

std::vector<std::string> with(std::vector<std::string> line,
                              const std::vector<std::string>& options) {
  line.insert(line.end(), options.begin(), options.end());
  return line;
}

TEST_CASE("the numbers of options are taken and refused at both ends of what they may be") {
  const std::string cores = std::to_string(reference::usable_cores()),
                    more = std::to_string(reference::usable_cores() + 1);
  const std::vector<std::string> gemm = {"--suite", "gemm"}, ab = {"ab", "old", "--suite", "gemm"};
  const OptionLimit limits[] = {
      {with(gemm, {"--block-sizes"}), {"1", "2147483647"}, {"0", "-1", "2147483648", "1.5"}},
      {with(gemm, {"--threads"}), {"1", cores}, {"0", "-1", more, "nan"}},
      {with(gemm, {"--seed"}), {"0", "18446744073709551615"}, {"-1", "18446744073709551616"}},
      {with(gemm, {"--min-time"}), {"0", "0.0", "1e9"}, {"-0.1", "nan", "inf", "-inf"}},
      {with(gemm, {"--isolate", "all", "--case-timeout"}), {"0.001", "1e9"}, {"0", "-1", "nan"}},
      {with(gemm, {"--shapes"}), {"1x1", "1x1x1"}, {"0x1", "1x0", "0x1x1", "-1x1", "1x1x1x1"}},
      {{"--weights", "f", "--min-rank"}, {"0", "7"}, {"-1", "x", "2147483648"}},
      {with(ab, {"--threshold"}), {"0", "0%", "0.999", "99.9%"}, {"1", "100%", "-1%", "nan", "%"}}};
  for (const OptionLimit& limit : limits)
    for (const bool good : {true, false})
      for (const std::string& value : good ? limit.taken : limit.refused) {
        const Parsed parsed = parse(with(limit.line, {value}));
        CAPTURE(limit.line, value, parsed.err);
        CHECK(parsed.exit_code.value_or(0) == (good ? 0 : 1));
        CHECK(parsed.err.empty() == good);
      }
}

TEST_CASE("the numbers of a policy are taken and refused at both ends of what they may be") {
  const PolicyLimit limits[] = {
      {"[speed]\nthreshold = %\n", {"0", "0.0", "0.999"}, {"1", "1.0", "-0.001", "nan", "inf"}},
      {"[instructions]\nthreshold = %\n", {"0", "0.5"}, {"1", "-1e-9", "nan", "-inf", "2"}},
      {"[speed]\ntrade.slowest = %\n", {"0", "1", "99.9"}, {"100", "-0.5", "nan", "inf"}},
      {"[speed]\ntrade.sqnr_db = %\n", {"1e-9", "3", "inf"}, {"0", "0.0", "-1", "nan"}},
      {"[instructions]\ntrade.bits_per_param = %\n", {"0.25", "4"}, {"0", "-0.25", "nan"}}};
  const auto said = [](const PolicyLimit& limit, const char* value) {
    std::string text = limit.text;
    return refusal(text.replace(text.find('%'), 1, value));
  };
  for (const PolicyLimit& limit : limits) {
    for (const char* value : limit.taken) {
      CAPTURE(limit.text, value);
      CHECK(said(limit, value) == "none");
    }
    for (const char* value : limit.refused) {
      CAPTURE(limit.text, value);
      CHECK(said(limit, value).starts_with(":2: "));
    }
  }
}

}  // namespace
}  // namespace qbench
