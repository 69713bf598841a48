// SPDX-License-Identifier: Apache-2.0
// The command as people run it: its exit codes, what reaches stdout and stderr, and kernels that
// take their process with them.
#include <algorithm>
#include <filesystem>
#include <fstream>

#include "reports/journal/journal.h"
#include "tests/harness/commands.h"
#include "tests/suites/checkpoints/safetensors/safetensors_bytes.h"
#include "tests/suites/checkpoints/test_folder.h"

namespace qbench {
namespace {

using namespace test;

// Bytes of F32 numbers.
std::string numbers(int count) {
  std::string bytes;
  for (int i = 0; i < count; ++i) {
    const float value = static_cast<float>(i % 29 - 14);
    bytes.append(reinterpret_cast<const char*>(&value), sizeof value);
  }
  return bytes;
}

// By the shell, so that stdout can be what a test says.
Ended shell(const std::string& redirected, const Line& arguments) {
  return run_process(
      {.arguments = {"sh", "-c",
                     shell_line(Line{QBENCH_EXECUTABLE} + arguments) + " " + redirected}});
}

}  // namespace

TEST_CASE("output that does not arrive is an error of every verb") {
  for (const Line& line : {Line{"--help"}, Line{"--list", "modes"}, Line{"--version"}, kTiny,
                           kTiny + Line{"--dry-run"}, Line{"ab", "--help"}}) {
    const Ended full = shell(">/dev/full", line);
    CAPTURE(line, full.err);
    CHECK(full.code == 1);
    CHECK(has(full.err, "qbench: cannot write to stdout: "));
    CHECK(std::ranges::count(full.err, '\n') <= 3);
    CHECK(shell(">/dev/null", line).code == 0);
  }
}

TEST_CASE("stdout has what was asked for alone, and a quiet run has nothing on stderr") {
  const Ended loud = qbench(kTiny + Line{"--report", "csv"});
  CHECK(loud.code == 0);
  CHECK(loud.out.starts_with("case,"));
  CHECK(has(loud.err, "[1/2] gemv/mode:bf16"));
  const Ended quiet = qbench(kTiny + Line{"-q"});
  CHECK((quiet.code == 0 && quiet.err.empty()));
}

TEST_CASE("a dry run prints the ids that the filter leaves, and nothing else") {
  const std::string one =
      "gemv/mode:nf4/kernel:reference/dtype:bf16/bs:64/m:1/n:32/k:64/"
      "input:normal/seed:1\n";
  const Ended all = qbench(kTiny + Line{"--dry-run"});
  CHECK((all.code == 0 && all.err.empty()));
  CHECK(std::ranges::count(all.out, '\n') == 2);
  CHECK(all.out.ends_with(one));
  const Ended some = qbench(kTiny + Line{"--dry-run", "--filter", "mode:nf4"});
  CHECK((some.code == 0 && some.out == one));
  CHECK(qbench(kTiny + Line{"--dry-run", "--filter", "none"}).code == 1);
  CHECK(qbench(kTiny + Line{"--dry-run", "--report", "csv"}).code == 1);
}

TEST_CASE("a mistake of the user ends with 1 and one line, before anything runs") {
  for (const Line& line :
       {Line{}, Line{"--suite", "gemx"}, Line{"gate"}, Line{"compare", "/nonexistent", "/none"},
        Line{"report", "/nonexistent"}, Line{"selftest", "--suite", "gemm"}, kTiny + Line{"-x"},
        kTiny + Line{"--threads", "0"}, Line{"--weights", "/nonexistent"}}) {
    const Ended ended = qbench(line);
    CAPTURE(line, ended.out, ended.err);
    CHECK(ended.code == 1);
    CHECK(ended.out.empty());
    CHECK(std::ranges::count(ended.err, '\n') == 1);
  }
}

TEST_CASE("a kernel that crashes or hangs is an error row, and the sweep goes on") {
  const TemporaryFolder folder;
  const std::string journal = folder.path() + "/j.jsonl", libraries = QBENCH_LIBRARIES;
  const Ended ended =
      qbench({"--kernel-library", libraries + "/crash.so," + libraries + "/hang.so", "--suite",
              "quantize", "--modes", "fp32", "--shapes", "8x64", "--min-time", "0", "--dtypes",
              "fp32", "--case-timeout", "3", "--journal", journal});
  CAPTURE(ended.out, ended.err);
  CHECK(ended.code == 1);
  CHECK(has(ended.out, "error quantize/mode:fp32/kernel:crash"));
  std::string reasons;
  int passed = 0;
  const std::vector<JournalRun> runs = read_journal(journal);
  for (const Result& r : runs.at(0).results) {
    if (r.kernel == "crash" || r.kernel == "hang") {
      CHECK(r.status == Status::error);
      reasons += r.reason + "\n";
    } else {
      passed += r.status == Status::passed;
    }
  }
  CHECK(has(reasons, "its process ended by signal 11 (Segmentation fault)"));
  CHECK(has(reasons, "it did not end within 3 s: --case-timeout allows more"));
  CHECK(passed >= 2);
}

TEST_CASE("a case in a process of its own has the figures that it has in this one") {
  const Line line = {"--suite", "gemv",     "--modes", "nf4,int8", "--shapes",
                     "1x32x64", "--report", "csv",     "--no-time"};
  const Ended here = qbench(line), apart = qbench(line + Line{"--isolate"});
  CHECK((here.code == 0 && apart.code == 0));
  CHECK(here.out == apart.out);
  CHECK(has(here.out, "nf4"));
}

TEST_CASE("a real tensor in a process of its own is left out of totals, or not, as in this one") {
  const TestFolder folder;
  folder.write("norm.safetensors", one_tensor("norm.weight", "F32", "[4,64]", numbers(256)));
  const Line line = {
      "--weights", folder / "norm.safetensors", "--modes", "nf4", "--report", "csv", "--no-time",
      "-q"};
  const Line all = line + Line{"--tensors", "all"};
  for (const Line& each : {line, all})
    CHECK(qbench(each).out == qbench(each + Line{"--isolate"}).out);
  CHECK(qbench(line).out != qbench(all).out);
}

TEST_CASE("matrices stored k x n that are read as they lie are told by every verb, and recorded") {
  const TestFolder folder;
  folder.write("gpt2.safetensors",
               one_tensor("h.0.attn.c_attn.weight", "F32", "[4,64]", numbers(256)));
  const std::string file = folder / "gpt2.safetensors",
                    note = "tensor 'h.0.attn.c_attn.weight' is stored k x n";
  const Line sweep = {"--weights", file, "--modes", "nf4", "--no-time"};
  const Line model = {"model", file, "--modes", "nf4"};
  const Line convert = {"convert",     file,         folder / "out.safetensors", "--modes", "nf4",
                        "--container", "dequantized"};
  for (const Line& line : {sweep, model, convert}) CHECK(has(qbench(line).err, note));
  for (const Line& line : {sweep, model}) {
    const std::string journal = folder / line.front() + ".jsonl";
    const Ended quiet = qbench(line + Line{"-q", "--journal", journal});
    CHECK(quiet.code == 0);
    const Environment environment = read_journal(journal).at(0).environment;
    CHECK(has(value_of(environment, "weights_note"), note));
  }
  CHECK(qbench(sweep + Line{"-q"}).err.empty());
  CHECK(has(qbench(sweep + Line{"-q", "--report", "json"}).out, note));
  const Line read = {"--layout", "c_attn=transposed"};
  for (const Line& line : {sweep, model}) {
    const Ended ended = qbench(line + read);
    CHECK(ended.code == 0);
    CHECK_FALSE(has(ended.err, note));
  }
}

TEST_CASE("nothing is written over what is read, and no journal is added to what is none") {
  const TemporaryFolder folder;
  const std::string journal = folder.path() + "/j.jsonl", other = folder.path() + "/model";
  CHECK(qbench(kTiny + Line{"--journal", journal}).code == 0);
  const Ended over = qbench({"report", journal, "--report", "csv=" + journal});
  CHECK((over.code == 1 &&
         has(over.err, "belongs to what this command reads: write to another file")));
  CHECK(read_journal(journal).size() == 1);
  std::ofstream(other) << "not a journal\n";
  const Ended added = qbench(kTiny + Line{"--append", "--journal", other});
  CHECK((added.code == 1 && has(added.err, "is no journal of qbench")));
  CHECK(std::filesystem::file_size(other) == 14);
  CHECK(qbench(kTiny + Line{"--append", "--journal", journal}).code == 0);
  CHECK(read_journal(journal).size() == 2);
}

TEST_CASE("a library of kernels none of which is asked for is refused, by a sweep and by ab") {
  const std::string library = std::string(QBENCH_LIBRARIES) + "/small.so";
  const Ended sweep = qbench(kTiny + Line{"--kernel-library", library});
  CHECK((sweep.code == 1 && has(sweep.err, "none of its kernels is for what was asked")));
  const Ended ab = qbench(Line{"ab", library, library, "--suite", "quantize", "--modes", "nf4",
                               "--shapes", "8x64", "-q"});
  CHECK(ab.code == 1);
  const Ended right = qbench(Line{"ab", library, library, "--suite", "quantize", "--modes", "fp32",
                                  "--dtypes", "fp32", "--shapes", "8x64", "-q"});
  CAPTURE(right.out, right.err);
  CHECK(has(right.out, "kernel:copy"));
  CHECK_FALSE(has(right.out, "kernel:reference"));
}

TEST_CASE("the error gate survives a kernel that crashes") {
  const TemporaryFolder folder;
  const Ended ended =
      qbench({"gate", "--errors", folder.path() + "/ledger", "--update", "--kernel-library",
              std::string(QBENCH_LIBRARIES) + "/crash.so", "--suite", "quantize", "--modes", "fp32",
              "--dtypes", "fp32", "--shapes", "8x64", "-q"});
  CAPTURE(ended.out, ended.err);
  CHECK(ended.code == 2);
  CHECK(has(ended.out, "its process ended by signal 11 (Segmentation fault)"));
}

TEST_CASE("an option of one value that is given twice is told") {
  const Ended twice = qbench(kTiny + Line{"--seed", "1", "--seed", "2", "--dry-run"});
  CHECK((twice.code == 0 && has(twice.out, "seed:2")));
  CHECK(has(twice.err, "--seed is given more than once: the last counts"));
}

TEST_CASE("any report is made from journals, later") {
  const TemporaryFolder folder;
  const std::string first = folder.path() + "/1.jsonl", second = folder.path() + "/2.jsonl";
  const std::string csv = folder.path() + "/now.csv";
  CHECK(qbench(kTiny + Line{"--journal", first, "--report", "csv=" + csv}).code == 0);
  const Ended later = qbench({"report", first, "--report", "csv"});
  CHECK(later.code == 0);
  std::ifstream now(csv);
  CHECK(later.out == std::string(std::istreambuf_iterator<char>(now), {}));
  CHECK(qbench(kTiny + Line{"--journal", second}).code == 0);
  const Ended both = qbench({"report", first, second, "--report", "json", "--filter", "mode:nf4"});
  CHECK(has(both.out, "\"repetitions\": 2"));
  CHECK_FALSE(has(both.out, "mode:bf16"));
  CHECK(qbench({"report", first, "--filter", "nothing"}).code == 1);
  CHECK(qbench({"report", folder.path() + "/none.jsonl"}).code == 1);
}

}  // namespace qbench
