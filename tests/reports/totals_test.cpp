// SPDX-License-Identifier: Apache-2.0
// Totals over tensors: what is summed, what is weighted, what is left out.
#include "reports/totals.h"

#include <vector>

#include "tests/catch.h"
#include "tests/reports/samples.h"

using namespace qbench;

namespace {

// Two tensors of 300 and 100 parameters.
std::vector<Result> two_tensors() {
  std::vector<Result> out{samples::roundtrip("nf4", 64, {4.5, 20, 0.5, 2e-6}, 3, 100, "a"),
                          samples::roundtrip("nf4", 64, {6.5, 10, 0.25, 1e-6}, 1, 100, "b")};
  out[0].bytes = 1000;
  out[1].bytes = 500;
  out[1].peak_bytes = 1e6;
  return out;
}

std::vector<Result> only_totals(const std::vector<Result>& results) {
  std::vector<Result> out;
  for (Result& r : with_totals(results))
    if (r.id.empty()) out.push_back(std::move(r));
  return out;
}

}  // namespace

TEST_CASE("errors and bits of a total are weighted by parameters") {
  const auto totals = only_totals(two_tensors());
  REQUIRE(totals.size() == 1);
  const Result& total = totals[0];
  CHECK(total.tensor == "total (2 tensors)");
  CHECK(total.n.value() * total.k.value() == 400);
  CHECK(total.weight_nmse.value() == Approx(0.75 * 0.01 + 0.25 * 0.1));
  CHECK(total.weight_sqnr_db.value() == Approx(-10 * std::log10(0.0325)));
  CHECK(total.bits_per_param.value() == Approx(0.75 * 4.5 + 0.25 * 6.5));
  CHECK(total.bound_gap_db.value() == Approx(6.0206 * 5 + 10 * std::log10(0.0325)).epsilon(1e-6));
}

TEST_CASE("bits of a total are those of the summed bytes") {
  const Result total = only_totals(two_tensors()).at(0);
  CHECK(total.bits_per_param.value() ==
        Approx(8 * (*total.weight_bytes + *total.scale_bytes) / 400));
}

TEST_CASE("the largest of a total is the maximum, its time and bytes are sums") {
  const Result total = only_totals(two_tensors()).at(0);
  CHECK(total.weight_max_error == 0.5);
  CHECK(total.peak_bytes == 1e6);
  CHECK(total.seconds.value() == Approx(3e-6));
  CHECK(total.bytes == 1500);
  CHECK(total.bytes_per_second.value() == Approx(5e8));
  CHECK_FALSE(total.seconds_q1);
  CHECK_FALSE(total.flops);
}

TEST_CASE("only passed tensors count, and one alone has no total") {
  auto results = two_tensors();
  results[1].status = Status::wrong;
  CHECK(only_totals(results).empty());
}

TEST_CASE("a time that one tensor lacks has no total") {
  auto results = two_tensors();
  results[1].seconds.reset();
  CHECK_FALSE(only_totals(results).at(0).seconds);
}

TEST_CASE("modes, block sizes and inputs have totals of their own") {
  auto results = two_tensors();
  for (const Result& r : two_tensors()) results.push_back(r);
  results[2].block_size = results[3].block_size = 128;
  CHECK(only_totals(results).size() == 2);
  results[3].input = "outliers";
  CHECK(only_totals(results).size() == 1);
}

TEST_CASE("totals follow the last tensor of their suite, and generated weights have none") {
  auto results = two_tensors();
  results.push_back(samples::generated()[6]);
  const auto all = with_totals(results);
  REQUIRE(all.size() == 4);
  CHECK(all[2].id.empty());
  CHECK(all[3].suite == "gemm");
  CHECK(with_totals(samples::generated()).size() == samples::generated().size());
}

TEST_CASE("the total of exact tensors is exact") {
  auto results = two_tensors();
  for (Result& r : results) samples::make_exact(r);
  const Result total = only_totals(results).at(0);
  CHECK(total.weight_nmse == 0.0);
  CHECK_FALSE(total.weight_sqnr_db);
  CHECK_FALSE(total.bound_gap_db);
}
