// SPDX-License-Identifier: Apache-2.0
// Totals over tensors: what is summed, what is weighted, what is left out.
#include "reports/summaries/totals.h"

#include <algorithm>
#include <utility>
#include <vector>

#include "reports/results/report.h"
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
  CHECK(total.seconds_q1.value() == Approx(0.995 * 3e-6));
  CHECK(total.seconds_q3.value() == Approx(1.015 * 3e-6));
  CHECK(total.bytes == 1500);
  CHECK(total.bytes_per_second.value() == Approx(5e8));
  CHECK_FALSE(total.flops);
}

TEST_CASE("a total has no figure where a tensor did not pass, and says which and why") {
  for (const Status status : {Status::wrong, Status::skipped, Status::error}) {
    auto results = two_tensors();
    results[1].status = status;
    results[1].reason = "out of memory";
    const Result total = only_totals(results).at(0);
    CHECK(total.tensor == "total (2 tensors)");
    CHECK(total.k == 400);
    for (const auto figure : {&Result::weight_nmse, &Result::weight_sqnr_db, &Result::seconds,
                              &Result::bits_per_param, &Result::peak_bytes, &Result::bytes})
      CHECK_FALSE((total.*figure).has_value());
    CHECK(total.reason == std::string("nf4: no total: tensor \"b\": ") +
                              kStatusNames[static_cast<int>(status)] + ", out of memory");
  }
}

TEST_CASE("where no tensor passed, or there is one, there is no total") {
  auto results = two_tensors();
  for (Result& r : results) r.status = Status::skipped;
  CHECK(only_totals(results).empty());
  CHECK(only_totals({two_tensors()[0]}).empty());
}

TEST_CASE("a figure that one tensor lacks has no total, and the others stay") {
  auto results = two_tensors();
  results[1].seconds.reset();
  const Result total = only_totals(results).at(0);
  CHECK_FALSE(total.seconds);
  CHECK_FALSE(total.bytes_per_second);
  CHECK(total.weight_nmse);
  CHECK(total.reason == "nf4: no time in total: tensor \"b\": not measured");
}

TEST_CASE("a mode that has no error of one tensor has no error in total, and no star") {
  std::vector<Result> results;
  for (const char* tensor : {"a", "b", "c"}) {
    results.push_back(samples::roundtrip("nf4", 64, {4.5, 20, 0.5, 2e-6}, 64, 64, tensor));
    results.push_back(samples::roundtrip("int8", {}, {8, 43.08, 0.1, 1e-6}, 64, 64, tensor));
    results.push_back(samples::roundtrip("fp4", 64, {4.5, 18, 0.6, 3e-6}, 64, 64, tensor));
  }
  for (const std::size_t i : {4, 7}) {  // int8 of b and c, one of whose weights is 70000
    results[i].weight_nmse.reset();
    results[i].weight_sqnr_db.reset();
    results[i].weight_max_error.reset();
    results[i].reason = "int8: weight errors are undefined: the scale is not finite";
  }
  const Result int8 = only_totals(results).at(1);
  CHECK_FALSE(int8.weight_nmse);
  CHECK_FALSE(int8.weight_sqnr_db);
  CHECK_FALSE(int8.bound_gap_db);
  CHECK(int8.seconds.value() == Approx(3e-6));
  const std::string table = find_report("table")->write({}, results);
  const std::string total = table.substr(table.find("total (3 tensors)"));
  CHECK(total.find("43.08") == total.npos);
  CHECK(total.find("20.00*") != total.npos);
  CHECK(
      table.find("incomplete totals 1: int8: no SQNR, max error in total: tensor \"b\" and 1 more: "
                 "int8: weight errors are undefined: the\n  scale is not finite") != table.npos);
}

TEST_CASE("tensors that are not in totals keep their rows, and a note tells them") {
  auto results = two_tensors();
  for (const auto& [name, kind] : {std::pair{"n1", "norm"},
                                   {"n2", "norm"},
                                   {"n3", "norm"},
                                   {"n4", "norm"},
                                   {"", "embedding"},
                                   {"\n", "rank 1"}}) {
    Result r = samples::roundtrip("nf4", 64, {4.5, 3, 0.9, 1e-3}, 1, 4000, name);
    r.weights = "model.safetensors";
    r.not_in_totals = kind;
    results.push_back(r);
  }
  const auto totals = only_totals(results);
  REQUIRE(totals.size() == 1);
  CHECK(totals[0].tensor == "total (2 tensors)");
  CHECK(totals[0].seconds.value() == Approx(3e-6));
  CHECK(left_out_note(results) ==
        "not in totals: 4 x norm (n1, n2, n3 and 1 more), 1 x embedding (\"\"), 1 x rank 1 (\\n) "
        "(--tensors all takes them in)");
  const std::string table = find_report("table")->write({}, results);
  CHECK(table.find("\nroundtrip  n1  n 1  k 4000") != table.npos);
  CHECK(table.find("\nnot in totals: 4 x norm") != table.npos);
}

TEST_CASE("where all tensors of a suite are not in totals, all count") {
  auto results = two_tensors();
  for (Result& r : results) r.not_in_totals = "norm";
  CHECK(only_totals(results).at(0).tensor == "total (2 tensors)");
  CHECK(left_out_note(results).empty());
  results.push_back(samples::gemm("nf4", 64, {4.5, 20, 1, 1}, "bf16"));
  results.back().tensor = "a";
  CHECK(only_totals(results).size() == 1);  // gemm has a scope of its own
}

TEST_CASE("a tensor without a mode takes no part in totals") {
  auto results = two_tensors();
  results.push_back(samples::failed(results[0], Status::skipped, "I32 is no type of weights"));
  results.back().mode.clear();
  results.back().tensor = "c";
  CHECK(only_totals(results).at(0).tensor == "total (2 tensors)");
  CHECK(only_totals(results).at(0).seconds);
  results[0].not_in_totals = results[1].not_in_totals =
      "norm";  // and is no reason to leave those out
  CHECK(only_totals(results).size() == 1);
}

TEST_CASE("a tensor is real by its source, not by its name") {
  auto results = two_tensors();
  results[0].tensor = "";
  results[0].weights = results[1].weights = "model.safetensors";
  const Result total = only_totals(results).at(0);
  CHECK(total.tensor == "total (2 tensors)");
  CHECK(total.weights == "model.safetensors");
  const std::string table = find_report("table")->write({}, results);
  CHECK(table.find("roundtrip  tensor \"\"  n 3  k 100  (") != table.npos);
}

TEST_CASE("a total is noisy if any part is, and says how many") {
  auto results = two_tensors();
  CHECK(only_totals(results).at(0).noise.empty());
  results[1].noise = "busy";
  CHECK(only_totals(results).at(0).noise == "1 of 2 tensors: busy");
}

TEST_CASE("the totals report has the fields of csv, one total a row and nothing else") {
  auto results = two_tensors();
  for (const Result& r : samples::generated()) results.push_back(r);
  const std::string totals = find_report("totals")->write({}, results);
  const std::string csv = find_report("csv")->write({}, results);
  CHECK(totals.substr(0, totals.find('\n')) == csv.substr(0, csv.find('\n')));
  CHECK(std::ranges::count(totals, '\n') == 2);
  CHECK(totals.find(
            "\n,roundtrip,roundtrip,nf4,reference,cpu,fp32,64,,,1,400,normal,total (2 tensors)"
            ",") != totals.npos);
  CHECK(csv.find("total (") == csv.npos);
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
