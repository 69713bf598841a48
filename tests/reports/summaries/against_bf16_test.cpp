// SPDX-License-Identifier: Apache-2.0
// The summary of products: which rows it takes, and in which words.
#include "reports/summaries/against_bf16.h"

#include "reports/results/report.h"
#include "tests/catch.h"
#include "tests/reports/samples.h"

using namespace qbench;

namespace {

Result product(const std::string& mode, double seconds, const std::string& kernel = "reference",
               const std::string& device = "cpu") {
  Result r = samples::gemm(mode, {}, {4.5, 20, 0.01, seconds}, "bf16");
  r.kernel = kernel;
  r.device = device;
  r.id += "/kernel:" + kernel + "/device:" + device;
  return r;
}

std::vector<std::string> words(const std::vector<Result>& results) {
  std::vector<const Result*> rows;
  for (const Result& r : results) rows.push_back(&r);
  return compare_with_bf16(rows);
}

using Lines = std::vector<std::string>;

}  // namespace

TEST_CASE("each mode is slower or faster than bf16 by a ratio that can be read") {
  CHECK(
      words({product("bf16", 1), product("nf4", 2.1), product("int8", 1 / 1.3),
             product("fp4", 14.4), product("int4", 1.06), product("mxfp4", 1e-7)}) ==
      Lines{"against bf16: nf4 2.1 times slower, int8 1.3 times faster, fp4 14 times slower, int4 "
            "1.06 times slower, mxfp4 1.0e+07 times faster"});
}

TEST_CASE("the fastest row of each mode counts, that of bf16 too") {
  CHECK(words({product("nf4", 4, "plain"), product("bf16", 2, "plain"), product("nf4", 3, "fast"),
               product("bf16", 1, "fast"), product("nf4", 5, "odd")}) ==
        Lines{"against bf16: nf4 3.0 times slower"});
}

TEST_CASE("layers with adapters are compared with that of bf16") {
  for (const bool backward : {false, true})
    CHECK(words({samples::qlora(product("bf16", 2), backward),
                 samples::qlora(product("nf4", 3), backward)}) ==
          Lines{"against bf16: nf4 1.5 times slower"});
}

TEST_CASE("devices are compared with themselves") {
  CHECK(words({product("bf16", 2), product("nf4", 4), product("bf16", 1, "a", "cuda:0"),
               product("nf4", 0.5, "a", "cuda:0"), product("nf4", 1, "a", "cuda:1")}) ==
        Lines{"against bf16 on cpu: nf4 2.0 times slower",
              "against bf16 on cuda:0: nf4 2.0 times faster"});
}

TEST_CASE("spreads that overlap are as fast") {
  auto nf4 = product("nf4", 1.02);
  nf4.seconds_q1 = 1.0149;  // the third quartile of bf16 is 1.015
  CHECK(words({product("bf16", 1), nf4}) == Lines{"against bf16: nf4 as fast"});
  nf4.seconds_q1 = 1.0151;
  CHECK(words({product("bf16", 1), nf4}) == Lines{"against bf16: nf4 1.02 times slower"});
  nf4.seconds_q1.reset();
  nf4.seconds = 1.001;
  CHECK(words({product("bf16", 1), nf4}) == Lines{"against bf16: nf4 as fast"});
}

TEST_CASE("a ratio with a noisy time is about right, and marked") {
  auto bf16 = product("bf16", 1), nf4 = product("nf4", 2);
  nf4.noise = "busy";
  CHECK(words({bf16, nf4, product("int8", 3)}) ==
        Lines{"against bf16: nf4 about 2.0 times slower~, int8 3.0 times slower"});
  nf4.noise.clear();
  bf16.noise = "busy";
  CHECK(words({bf16, nf4}) == Lines{"against bf16: nf4 about 2.0 times slower~"});
}

TEST_CASE("without a time of bf16, another mode or a product there is nothing to say") {
  CHECK(words({}).empty());
  CHECK(words({product("nf4", 1)}).empty());
  CHECK(words({product("bf16", 1)}).empty());
  auto untimed = product("bf16", 1);
  untimed.seconds.reset();
  CHECK(words({untimed, product("nf4", 1)}).empty());
  const auto roundtrips = samples::generated();
  CHECK(words({roundtrips[0], roundtrips[3]}).empty());
}

TEST_CASE("table and markdown have the summary under the section") {
  const std::string summary =
      "against bf16: nf4 1.8 times slower, fp4 1.8 times slower, int8 2.7 times slower\n";
  for (const char* name : {"table", "markdown"}) {
    const std::string text = find_report(name)->write({}, samples::generated());
    CHECK(text.find(summary) != text.npos);
  }
}
