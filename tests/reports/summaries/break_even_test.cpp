// SPDX-License-Identifier: Apache-2.0
// The break-even line says what was measured and no more.
#include "reports/summaries/break_even.h"

#include "reports/summaries/notes.h"
#include "tests/catch.h"
#include "tests/reports/samples.h"

using namespace qbench;

namespace {

using Lines = std::vector<std::string>;

Result product_of_m(const std::string& mode, std::int64_t m, double seconds,
                    const std::string& kernel = "reference") {
  Result r = samples::gemm(mode, {}, {4.5, 20, 0.01, seconds}, "bf16");
  r.m = m;
  r.kernel = kernel;
  r.id = mode + kernel + std::to_string(m);
  return r;
}

// bf16 takes a second at each m; the mode what is given.
std::vector<Result> sweep(const std::vector<std::pair<std::int64_t, double>>& seconds) {
  std::vector<Result> out;
  for (const auto& [m, time] : seconds) {
    out.push_back(product_of_m("bf16", m, 1));
    out.push_back(product_of_m("nf4", m, time));
  }
  return out;
}

std::string of_nf4(const std::vector<std::pair<std::int64_t, double>>& seconds) {
  const Lines lines = break_even_lines(sweep(seconds));
  const std::string begin = "against bf16 as m grows, 4096x4096 normal on cpu: nf4 ";
  REQUIRE(lines.size() == 1);
  REQUIRE(lines.front().starts_with(begin));
  return lines.front().substr(begin.size());
}

}  // namespace

TEST_CASE("the first m that is slower, and the last that was faster, are told") {
  CHECK(of_nf4({{1, 0.5}, {8, 0.8}, {12, 1.5}, {16, 2}}) ==
        "slower from m = 12 on, last faster at 8");
  CHECK(of_nf4({{16, 2}, {12, 1.5}, {1, 0.5}, {8, 0.8}}) ==
        "slower from m = 12 on, last faster at 8");
}

TEST_CASE("adapters of each suite and rank have a break-even of their own, which names both") {
  std::vector<Result> results;
  const auto add = [&](const char* suite, std::int64_t rank, double at_16) {
    for (Result& r : sweep({{1, 0.5}, {16, at_16}})) {
      r.suite = suite;
      r.lora_rank = rank;
      results.push_back(std::move(r));
    }
  };
  add("qlora", 16, 0.5);
  add("qlora", 64, 2);
  add("qlora-backward", 16, 2);
  const std::string begin = "against bf16 as m grows, 4096x4096 ";
  CHECK(break_even_lines(results) ==
        Lines{begin + "qlora rank 16 normal on cpu: nf4 faster at every m",
              begin + "qlora rank 64 normal on cpu: nf4 slower from m = 16 on, last faster at 1",
              begin + "qlora-backward rank 16 normal on cpu: nf4 slower from m = 16 on, last "
                      "faster at 1"});
}

TEST_CASE("a mode that is not slower up to the end has no break-even") {
  CHECK(of_nf4({{1, 2}, {2, 2}, {4, 0.5}}) == "slower only at m = 1, 2");
  CHECK(of_nf4({{1, 0.5}, {2, 0.5}}) == "faster at every m");
  CHECK(of_nf4({{1, 2}, {2, 2}}) == "slower at every m");
}

TEST_CASE("m that are slower before the last run of them are told as well") {
  CHECK(of_nf4({{1, 2}, {2, 0.5}, {4, 2}, {8, 2}}) ==
        "slower from m = 4 on and at m = 1, last faster at 2");
}

TEST_CASE("times whose spreads overlap are neither faster nor slower") {
  CHECK(of_nf4({{1, 0.5}, {2, 1.0001}, {4, 2}}) == "slower from m = 4 on, last faster at 1");
  CHECK(of_nf4({{1, 1.0001}, {2, 1}, {4, 2}}) == "slower from m = 4 on, faster at none");
  CHECK(of_nf4({{1, 1.0001}, {2, 1}}) == "as fast at every m");
  CHECK(of_nf4({{1, 1.0001}, {2, 0.5}}) == "slower at none, faster at m = 2");
}

TEST_CASE("the fastest kernel of each counts at each m") {
  std::vector<Result> results = sweep({{1, 0.5}, {2, 3}});
  results.push_back(product_of_m("nf4", 2, 0.5, "fast"));
  CHECK(break_even_lines(results).front().ends_with("nf4 faster at every m"));
  results.push_back(product_of_m("bf16", 2, 0.1, "fast"));
  CHECK(break_even_lines(results).front().ends_with("nf4 slower from m = 2 on, last faster at 1"));
}

TEST_CASE("nothing is said of what was not timed, of one m, or without bf16") {
  CHECK(break_even_lines(sweep({{1, 0.5}})).empty());
  std::vector<Result> results = sweep({{1, 0.5}, {2, 2}});
  for (Result& r : results) r.seconds.reset();
  CHECK(break_even_lines(results).empty());
  results = sweep({{1, 0.5}, {2, 2}});
  std::erase_if(results, [](const Result& r) { return r.mode == "bf16"; });
  CHECK(break_even_lines(results).empty());
  results = sweep({{1, 0.5}, {2, 2}});
  results[3].status = Status::wrong;
  CHECK(break_even_lines(results).empty());
}

TEST_CASE("devices, weights and inputs have a line each, and a time not to be trusted a mark") {
  std::vector<Result> results = sweep({{1, 0.5}, {2, 2}});
  for (Result r : sweep({{1, 2}, {2, 0.5}})) {
    r.device = "cuda:0";
    results.push_back(r);
  }
  for (Result r : sweep({{1, 2}, {2, 2}})) {
    r.n = 64;
    r.noise = "other work";
    results.push_back(r);
  }
  CHECK(break_even_lines(results) ==
        Lines{"against bf16 as m grows, 4096x4096 normal on cpu: nf4 slower from m = 2 on, last "
              "faster at 1",
              "against bf16 as m grows, 4096x4096 normal on cuda:0: nf4 slower only at m = 1",
              "against bf16 as m grows, 64x4096 normal on cpu: nf4 slower at every m~"});
}

TEST_CASE("the line is the first of the notes of a report") {
  CHECK(make_notes(sweep({{1, 0.5}, {2, 2}})).front().starts_with("against bf16 as m grows"));
}
