// SPDX-License-Identifier: Apache-2.0
// Sweeps over the tensors of a file: those that can be used, and the rows of those that cannot.
#include "reports/journal/journal.h"
#include "tests/harness/sweep/sweeps.h"
#include "tests/suites/checkpoints/checkpoints.h"

namespace qbench {
namespace {

using namespace test;

// Two matrices of 4 x 64 with their own numbers, and whole numbers, which no mode quantizes.
std::string three_tensors() {
  std::string data;
  for (int i = 0; i < 2 * 256; ++i) {
    const float value = static_cast<float>(i % 29 - 14) / static_cast<float>(1 + i / 256);
    data.append(reinterpret_cast<const char*>(&value), sizeof value);
  }
  return safetensors_bytes(
      R"({"a.weight":{"dtype":"F32","shape":[4,64],"data_offsets":[0,1024]},)"
      R"("b.weight":{"dtype":"F32","shape":[4,64],"data_offsets":[1024,2048]},)"
      R"("steps":{"dtype":"I64","shape":[2,4],"data_offsets":[2048,2112]}})",
      data + std::string(64, '\0'));
}

class Weights {
 public:
  Weights() { folder_.write("model.safetensors", three_tensors()); }
  Options options(const SweepFolder& outputs, const std::string& tensors = "") const {
    Options options = tiny(outputs);
    options.sweep.shapes = {};
    options.weights = {file() + (tensors.empty() ? "" : ":" + tensors)};
    return options;
  }
  std::string file() const { return folder_ / "model.safetensors"; }

 private:
  TestFolder folder_;
};

std::vector<Result> rows_of(const std::vector<Result>& results, const std::string& tensor) {
  std::vector<Result> rows;
  std::ranges::copy_if(results, std::back_inserter(rows),
                       [&](const Result& r) { return r.tensor == tensor; });
  return rows;
}

}  // namespace

TEST_CASE("each tensor has its rows, and its own errors, under the file's name") {
  const SweepFolder folder;
  const Weights weights;
  CHECK(run_sweep(weights.options(folder)) == 0);
  const JournalRun run = read_journal(folder.file("journal.jsonl")).at(0);
  CHECK(value_of(run.environment, "weights") == weights.file());
  CHECK_FALSE(value_of(run.environment, "weights_hash").empty());
  const auto a = rows_of(run.results, "a.weight"), b = rows_of(run.results, "b.weight");
  REQUIRE(a.size() == 2 * 3);
  REQUIRE(b.size() == a.size());
  for (std::size_t i = 0; i < a.size(); ++i) {
    CAPTURE(a[i].id, a[i].reason);
    CHECK((a[i].status == Status::passed && b[i].status == Status::passed));
    CHECK((a[i].n == 4 && a[i].k == 64 && a[i].weights == weights.file()));
    CHECK(a[i].mode == b[i].mode);
    if (a[i].mode != "bf16") CHECK(a[i].weight_max_error == Approx(2 * *b[i].weight_max_error));
  }
}

TEST_CASE("a tensor that cannot be used is a skipped row of every suite, with its reason") {
  const SweepFolder folder;
  const Weights weights;
  CHECK(run_sweep(weights.options(folder)) == 0);
  const auto rows = rows_of(read_journal(folder.file("journal.jsonl")).at(0).results, "steps");
  REQUIRE(rows.size() == 2);
  CHECK((rows[0].id == "roundtrip/tensor:steps" && rows[1].id == "gemm/tensor:steps"));
  CHECK((rows[0].suite == "roundtrip" && rows[1].suite == "gemm"));
  for (const Result& r : rows) {
    CHECK(r.status == Status::skipped);
    CHECK(r.reason.starts_with("tensor \"steps\": "));
    CHECK(has(r.reason, "I64"));
    CHECK((r.weights == weights.file() && r.mode.empty() && !r.weight_nmse));
  }
  CHECK(count_with(folder.lines("table.csv"), "steps") == 2);
}

TEST_CASE(
    "the hash of the weights is of the tensors that the cases read, however they are chosen") {
  const Weights weights;
  const auto hash_of = [&](const std::string& tensors, const std::string& filter) {
    const SweepFolder folder;
    Options options = weights.options(folder, tensors);
    options.filter = filter;
    CHECK(run_sweep(options) == 0);
    return value_of(read_journal(options.journal).at(0).environment, "weights_hash");
  };
  const std::string b = hash_of("^b", "");
  CHECK(hash_of("", "tensor:b.weight") == b);
  CHECK(hash_of("", "") != b);
  CHECK(hash_of("^a", "") != b);
}

TEST_CASE("a file of which no tensor can be used is refused, and names that choose leave none") {
  const SweepFolder folder;
  const Weights weights;
  CHECK_THROWS_WITH(run_sweep(weights.options(folder, "steps")), ContainsSubstring("I64"));
  CHECK_FALSE(std::filesystem::exists(folder.file("journal.jsonl")));
  CHECK(run_sweep(weights.options(folder, "^b")) == 0);
  const JournalRun run = read_journal(folder.file("journal.jsonl")).at(0);
  CHECK(rows_of(run.results, "b.weight").size() == run.results.size());
}

TEST_CASE("a dry run over a file runs nothing, and a report may not be written over the file") {
  const SweepFolder folder;
  const Weights weights;
  Options options = weights.options(folder);
  options.dry_run = true;
  CHECK(run_sweep(options) == 0);
  CHECK_FALSE(std::filesystem::exists(folder.file("journal.jsonl")));
  options.dry_run = false;
  options.reports.push_back({find_report("csv"), weights.file()});
  CHECK_THROWS_WITH(run_sweep(options), ContainsSubstring("belongs to what this command reads"));
  CHECK(std::filesystem::file_size(weights.file()) > 2112);
}

}  // namespace qbench
