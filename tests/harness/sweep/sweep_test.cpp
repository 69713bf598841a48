// SPDX-License-Identifier: Apache-2.0
// A whole command on tiny shapes: the journal, the reports and the exit code.
#include "harness/sweep/sweep.h"

#include "reference/simd/parallel.h"
#include "reports/journal/journal.h"
#include "tests/harness/sweep/sweeps.h"

namespace qbench {
namespace {

using namespace test;

std::unique_ptr<Trial> prepare_nothing(const Problem&) { throw std::runtime_error("out of luck"); }

}  // namespace

TEST_CASE("a sweep writes its journal and every report, and ends with 0") {
  const SweepFolder folder;
  CHECK(run_sweep(tiny(folder)) == 0);
  const auto journal = folder.lines("journal.jsonl");
  REQUIRE(journal.size() == 1 + 2 * 3);  // bf16 is always there
  CHECK(has(journal[0], "\"type\":\"environment\""));
  CHECK(count_with(journal, "\"type\":\"result\"") == 6);
  CHECK(count_with(journal, "\"status\":\"passed\"") == 6);
  for (const char* id : {"roundtrip/mode:bf16/kernel:reference/n:96/k:200",
                         "gemm/mode:nf4/kernel:reference/dtype:bf16/bs:64/m:3/n:96/k:200",
                         "gemm/mode:int8/kernel:reference/dtype:fp16/m:3/n:96/k:200"})
    CHECK(count_with(journal, id) == 1);
  CHECK(count_with(folder.lines("table.csv"), "nf4") == 2);
  CHECK(count_with(folder.lines("table.md"), "| int8 |") == 2);
  CHECK(count_with(folder.lines("table.json"), "\"name\": \"gemm/mode:nf4") == 1);
}

TEST_CASE("an existing journal is refused, and appended to when that is asked for") {
  const SweepFolder folder;
  Options options = tiny(folder);
  options.filter = "mode:nf4";
  CHECK(run_sweep(options) == 0);
  CHECK_THROWS(run_sweep(options));
  CHECK(folder.lines("journal.jsonl").size() == 3);
  options.append = true;
  CHECK(run_sweep(options) == 0);
  CHECK(folder.lines("journal.jsonl").size() == 6);
}

TEST_CASE("a wrong result ends with 2, after all cases have run") {
  const SweepFolder folder;
  const WithProductBy fake(
      faulty_kernel(reference_kernel(Op::matmul), find_fault("one-sign")).prepare);
  CHECK(run_sweep(tiny(folder)) == 2);
  const auto journal = folder.lines("journal.jsonl");
  CHECK(count_with(journal, "\"status\":\"wrong\"") == 3);
  CHECK(count_with(journal, "\"status\":\"passed\"") == 3);
  CHECK_FALSE(folder.lines("table.csv").empty());
}

TEST_CASE("a case that could not be run ends with 1, after all cases have run") {
  const SweepFolder folder;
  const WithProductBy fake(prepare_nothing);
  CHECK(run_sweep(tiny(folder)) == 1);
  CHECK(count_with(folder.lines("journal.jsonl"), "out of luck") == 3);
}

TEST_CASE("GPU cases alone, without a GPU, end with 77 and the reason") {
  if (!cuda_status().devices.empty()) QBENCH_SKIP("this machine has a GPU");
  const SweepFolder folder;
  Options options = tiny(folder);
  options.sweep.devices = {{DeviceKind::cuda}};
  CHECK(run_sweep(options) == 77);
  const auto journal = folder.lines("journal.jsonl");
  CHECK(count_with(journal, "\"status\":\"skipped\"") == journal.size() - 1);
  CHECK(count_with(journal, "CUDA") >= journal.size() - 1);
}

TEST_CASE("with the CPU beside it, an absent GPU is a skipped row and the end is 0") {
  if (!cuda_status().devices.empty()) QBENCH_SKIP("this machine has a GPU");
  const SweepFolder folder;
  Options options = tiny(folder);
  options.sweep.devices = {{DeviceKind::cpu}, {DeviceKind::cuda}};
  CHECK(run_sweep(options) == 0);
  CHECK(count_with(folder.lines("journal.jsonl"), "\"status\":\"passed\"") == 6);
  CHECK(count_with(folder.lines("journal.jsonl"), "\"status\":\"skipped\"") == 4);
}

TEST_CASE("a dry run and a filter that leaves nothing run nothing and write no file") {
  const SweepFolder folder;
  const WithProductBy fake(prepare_nothing);
  Options options = tiny(folder);
  options.filter = "mode:nothing";
  CHECK_THROWS(run_sweep(options));
  options.filter = "";
  options.dry_run = true;
  CHECK(run_sweep(options) == 0);
  CHECK_FALSE(std::filesystem::exists(folder.file("journal.jsonl")));
  CHECK_FALSE(std::filesystem::exists(folder.file("table.csv")));
}

TEST_CASE("a sweep of which nothing that was asked for could be measured ends with 1") {
  const SweepFolder folder;
  Options options = tiny(folder);
  options.sweep.block_sizes = {48};  // of nf4 alone, and no such
  options.sweep.modes = {find_mode("nf4")};
  CHECK(run_sweep(options) == 1);
  const auto journal = folder.lines("journal.jsonl");
  CHECK(count_with(journal, "\"status\":\"passed\"") == 2);  // bf16, which was only added
  CHECK(count_with(journal, "nf4 has block sizes 32") == 2);
  options.journal = folder.file("more.jsonl");
  options.sweep.modes = {find_mode("nf4"), find_mode("bf16")};
  CHECK(run_sweep(options) == 0);
}

TEST_CASE("without times a sweep has errors and sizes alone") {
  const SweepFolder folder;
  Options options = tiny(folder);
  options.timed = false;
  CHECK(run_sweep(options) == 0);
  const auto journal = folder.lines("journal.jsonl");
  CHECK(count_with(journal, "\"weight_nmse\"") == 6);
  CHECK(count_with(journal, "\"seconds\"") == 0);
  CHECK(count_with(journal, "\"threads\"") == 7);  // one of them the environment's
}

TEST_CASE("a report that cannot be written is found before any case runs") {
  const SweepFolder folder;
  Options options = tiny(folder);
  options.reports.push_back({find_report("csv"), folder.file("nowhere/table.csv")});
  CHECK_THROWS_WITH(run_sweep(options), ContainsSubstring("nowhere/table.csv"));
  CHECK_FALSE(std::filesystem::exists(folder.file("journal.jsonl")));
  options.reports.back().second = folder.file("");
  CHECK_THROWS_WITH(run_sweep(options), ContainsSubstring("it is a folder"));
  CHECK_FALSE(std::filesystem::exists(folder.file("table.csv")));
}

TEST_CASE("a report that fails after the run does not keep the others from being written") {
  const SweepFolder folder;
  Options options = tiny(folder);
  const SweepFolder gone;  // while the sweep runs, as a full disk would be
  const Kernel healthy = reference_kernel(Op::matmul);
  const WithProductBy removing([&](const Problem& problem) {
    std::filesystem::remove_all(gone.file(""));
    return healthy.prepare(problem);
  });
  options.reports.insert(options.reports.begin(), {find_report("csv"), gone.file("table.csv")});
  CHECK(run_sweep(options) == 1);
  for (const char* file : {"table.csv", "table.md", "table.json"})
    CHECK_FALSE(folder.lines(file).empty());
}

TEST_CASE("one seed gives one result: two sweeps agree in every figure but time") {
  const SweepFolder first, second;
  const auto errors = [](const SweepFolder& folder) {
    Options options = tiny(folder);
    run_sweep(options);
    std::vector<std::string> out;
    for (const std::string& line : folder.lines("journal.jsonl"))
      for (const char* field : {"\"weight_nmse\":", "\"output_nmse\":", "\"kernel_error\":"})
        if (has(line, field))
          out.push_back(
              line.substr(line.find(field), line.find(',', line.find(field)) - line.find(field)));
    return out;
  };
  const auto figures = errors(first);
  CHECK(figures.size() == 6 + 3 + 3);
  CHECK(figures == errors(second));
}

TEST_CASE("every row tells the threads of the sweep, as its environment does") {
  const reference::WithThreads before(3);
  for (const int asked : {0, 2}) {  // 0: as many as there are
    const SweepFolder folder;
    Options options = tiny(folder);
    options.threads = asked;
    CHECK(run_sweep(options) == 0);
    const JournalRun run = read_journal(options.journal).at(0);
    CHECK(value_of(run.environment, "threads") == std::to_string(asked ? asked : 3));
    for (const Result& r : run.results) CHECK(r.threads == (asked ? asked : 3));
    CHECK(reference::thread_count() == (asked ? asked : 3));
  }
}

TEST_CASE("what an option made no difference to is kept in the journal as a note") {
  const auto notes_of = [](const std::vector<const char*>& modes) {
    const SweepFolder folder;
    Options options = tiny(folder);
    options.sweep.modes.clear();
    for (const char* mode : modes) options.sweep.modes.push_back(find_mode(mode));
    options.sweep.shapes = {{0, 96, 200}};
    options.sweep.block_sizes = {64};
    options.given = {"--block-sizes"};
    CHECK(run_sweep(options) == 0);
    return value_of(read_journal(options.journal).at(0).environment, "notes");
  };
  CHECK(notes_of({"nf4", "int8"}) ==
        "--block-sizes makes no difference to int8 (it has no choice of blocks)");
  CHECK(notes_of({"nf4"}).empty());
}

// Where perf_event does not count, the run that it would have counted is made all the same.
TEST_CASE("instructions are counted where that is asked for, by one run more of each case") {
  const Kernel healthy = reference_kernel(Op::matmul);
  class Counting : public Trial {
   public:
    Counting(int& runs, std::unique_ptr<Trial> inner) : runs_(runs), inner_(std::move(inner)) {}
    double run_once() override { return ++runs_, inner_->run_once(); }
    void poison() override { inner_->poison(); }
    const Matrix& output() override { return inner_->output(); }

   private:
    int& runs_;
    std::unique_ptr<Trial> inner_;
  };
  const auto runs_of = [&](bool counted, bool timed) {
    const SweepFolder folder;
    int runs = 0;
    const WithProductBy counting([&](const Problem& problem) {
      return std::make_unique<Counting>(runs, healthy.prepare(problem));
    });
    Options options = tiny(folder);
    options.filter = "gemm/mode:nf4";
    options.count_instructions = counted;
    options.timed = timed;
    CHECK(run_sweep(options) == 0);
    const Result r = read_journal(options.journal).at(0).results.at(0);
    if (!counted) CHECK_FALSE(r.instructions.has_value());
    if (r.instructions) CHECK(*r.instructions > 3 * 96 * 200 / 16);
    return runs;
  };
  const int plain = runs_of(false, true);
  CHECK(plain == 1 + 7 + 1);
  CHECK(runs_of(true, true) == plain + 1);
  CHECK(runs_of(false, false) == 1);
}

}  // namespace qbench
