// SPDX-License-Identifier: Apache-2.0
// Journals are read back as they were written.
#include <filesystem>
#include <fstream>
#include <random>

#include "reports/fields.h"
#include "reports/journal/journal.h"
#include "tests/catch.h"

namespace qbench {
namespace {

class File {
 public:
  explicit File(const std::string& text = {}) {
    path = (std::filesystem::temp_directory_path() /
            ("qbench_journal_" + std::to_string(std::random_device()())))
               .string();
    if (!text.empty()) std::ofstream(path) << text;
  }
  ~File() { std::filesystem::remove(path); }
  std::string path;
};

std::string refusal(const std::string& text) {
  const File file(text);
  try {
    read_journal(file.path);
  } catch (const std::runtime_error& error) {
    return std::string(error.what()).substr(file.path.size());
  }
  return "none";
}

const std::string kEnvironment = "{\"type\":\"environment\",\"cpu\":\"x\"}\n";

TEST_CASE("every field of a result comes back as it was written") {
  Result r;
  r.id = "gemm/mode:nf4";
  r.suite = r.op = r.mode = r.kernel = r.dtype = r.input = r.tensor = r.cache = "text \"ü\"";
  r.noise = r.weights = r.layout = r.not_in_totals = "why";
  r.slices = 3;
  r.cpu_seconds = 2;
  r.device = "cpu";
  r.block_size = r.m = r.n = r.k = 64;
  r.seed = ~std::uint64_t{0};
  r.threads = 2;
  r.status = Status::wrong;
  r.reason = "why";
  double figure = 1.0 / 3;
  for (auto member : {&Result::weight_nmse, &Result::seconds, &Result::seconds_min, &Result::cycles,
                      &Result::instructions, &Result::output_nmse, &Result::speedup})
    r.*member = figure *= 7;
  const File file;
  { Journal(file.path, Journal::Open::create, {{"cpu", "x"}}).add(r); }
  const std::vector<JournalRun> runs = read_journal(file.path);
  REQUIRE(runs.size() == 1);
  CHECK(runs[0].environment == Environment{{"cpu", "x"}});
  REQUIRE(runs[0].results.size() == 1);
  CHECK(journal_line(runs[0].results[0]) == journal_line(r));
  CHECK(runs[0].results[0].seed == ~std::uint64_t{0});
  CHECK_FALSE(runs[0].results[0].weight_bytes);
}

TEST_CASE("runs that were appended are apart, also behind a line that was cut off") {
  const File file(kEnvironment + "{\"type\":\"result\",\"case\":\"a\"}\n{\"type\":\"resu\n" +
                  kEnvironment +
                  "{\"type\":\"result\",\"case\":\"b\",\"field_to_come\":[1]}\n{\"type\":\"re");
  const auto runs = read_journal(file.path);
  REQUIRE(runs.size() == 2);
  CHECK(runs[0].results.at(0).id == "a");
  CHECK(runs[1].results.at(0).id == "b");
}

TEST_CASE("what is no journal is refused with its line") {
  CHECK(refusal(kEnvironment + "{\"type\":\"resu\n{\"type\":\"result\",\"case\":\"a\"}\n")
            .starts_with(":2: "));
  CHECK(refusal("{\"type\":\"result\",\"case\":\"a\"}\n{}\n")
            .find("its first line is no environment") != std::string::npos);
  CHECK(
      refusal(kEnvironment + "{\"type\":\"result\"}\n" + "{}\n").find("a result without a case") !=
      std::string::npos);
  CHECK(refusal(kEnvironment + "{\"type\":\"result\",\"case\":\"a\",\"seconds\":\"1\"}\n{}\n") ==
        ":2: seconds: not a number");
  CHECK(refusal(kEnvironment + "{\"type\":\"result\",\"case\":\"a\",\"status\":\"odd\"}\n{}\n") ==
        ":2: status: unknown status odd");
  CHECK(refusal("\n").find("holds no run") != std::string::npos);
  CHECK_THROWS(read_journal("/nonexistent"));
}

}  // namespace
}  // namespace qbench
