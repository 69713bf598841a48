// SPDX-License-Identifier: Apache-2.0
// Signals to the command as people run it.
#include <signal.h>

#include <algorithm>
#include <fstream>

#include "reports/journal/journal.h"
#include "tests/harness/commands.h"

namespace qbench {

using namespace test;

// So many that a signal comes in time on a machine that stalls; a run ends after the one under way.
constexpr const char* kShapes =
    "64x64,64x128,64x192,64x256,64x320,64x384,64x448,64x512,64x576,64x640";
constexpr std::size_t kShapeCount = 10;

TEST_CASE("an interrupted run ends with 130 and the reports of what was done") {
  // A terminal that is closed may send SIGHUP twice.
  for (const auto& [signal, times] :
       {std::pair(SIGINT, 1), std::pair(SIGTERM, 1), std::pair(SIGHUP, 1), std::pair(SIGHUP, 2)}) {
    const TemporaryFolder folder;
    const std::string journal = folder.path() + "/j.jsonl", csv = folder.path() + "/t.csv",
                      seen = folder.path() + "/seen";
    Line line = {"--suite",    "roundtrip", "--modes",   "nf4",   "--shapes", kShapes,
                 "--min-time", "0.4",       "--journal", journal, "--report", "csv=" + csv};
    line.insert(line.begin(), QBENCH_EXECUTABLE);
    // Once the first group has begun. How many results there were behind the signals is in `seen`.
    const std::string script = shell_line(line) + " & child=$!; while ! test -s " + journal +
                               "; do sleep 0.01; done; for i in $(seq " + std::to_string(times) +
                               "); do sleep 0.1; kill -" + std::to_string(signal) +
                               " $child; done; grep -c '\"type\":\"result\"' " + journal + " >" +
                               seen + "; wait $child";
    const Ended ended = run_process({.arguments = {"bash", "-c", script}});
    CAPTURE(signal, times, ended.err);
    CHECK(ended.code == 130);
    CHECK(has(ended.err, "interrupted: ending after what is running"));
    const std::vector<JournalRun> runs = read_journal(journal);
    REQUIRE(runs.size() == 1);
    const std::size_t results = runs[0].results.size();
    std::size_t before = 0;
    REQUIRE(std::ifstream(seen) >> before);
    CHECK((results >= 2 && results < 2 * kShapeCount));
    CHECK(results % 2 == 0);               // whole weight matrices
    CHECK(results <= before / 2 * 2 + 2);  // none that began behind the signals
    std::ifstream table(csv);
    std::size_t rows = 0;
    for (std::string row; std::getline(table, row);) ++rows;
    CHECK(rows == 1 + results);
  }
}

TEST_CASE("a run under nohup goes on when its terminal hangs up") {
  const TemporaryFolder folder;
  const std::string journal = folder.path() + "/j.jsonl";
  const Line line = {QBENCH_EXECUTABLE, "--suite",    "roundtrip", "--modes",   "nf4",  "--shapes",
                     "64x64,64x128",    "--min-time", "0.4",       "--journal", journal};
  const std::string script = "trap '' HUP; " + shell_line(line) + " & child=$!; while ! test -s " +
                             journal + "; do sleep 0.01; done; kill -HUP $child; wait $child";
  const Ended ended = run_process({.arguments = {"bash", "-c", script}});
  CAPTURE(ended.err);
  CHECK(ended.code == 0);
  CHECK_FALSE(has(ended.err, "interrupted"));
  CHECK(read_journal(journal).at(0).results.size() == 2 * 2);
}

TEST_CASE("an interrupt comes before a wrong row in the exit code, and the row stays") {
  const TemporaryFolder folder;
  const std::string journal = folder.path() + "/j.jsonl";
  const Line line = {QBENCH_EXECUTABLE,
                     "--kernel-library",
                     std::string(QBENCH_LIBRARIES) + "/unwritten.so",
                     "--suite",
                     "dequantize",
                     "--modes",
                     "fp16",
                     "--shapes",
                     kShapes,
                     "--min-time",
                     "0.4",
                     "--journal",
                     journal};
  const std::string script = shell_line(line) + " & child=$!; while ! grep -q wrong " + journal +
                             "; do sleep 0.01; done; kill -INT $child; wait $child";
  const Ended ended = run_process({.arguments = {"bash", "-c", script}});
  CAPTURE(ended.out, ended.err);
  CHECK(ended.code == 130);
  const std::vector<JournalRun> runs = read_journal(journal);
  const auto wrong = std::ranges::count(runs.at(0).results, Status::wrong, &Result::status);
  CHECK((wrong >= 1 && wrong < static_cast<std::ptrdiff_t>(kShapeCount)));
}

}  // namespace qbench
