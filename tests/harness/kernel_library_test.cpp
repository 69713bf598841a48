// SPDX-License-Identifier: Apache-2.0
// --kernel-library: kernels from outside are verified and timed as the built-in ones are. A program
// of its own, as loaded libraries stay.
#include <stdlib.h>

#include <algorithm>
#include <filesystem>
#include <fstream>

#include "harness/sweep/sweep.h"
#include "tests/catch.h"
#include "tests/harness/cli/command_line.h"
#include "tests/tree.h"

namespace qbench {
namespace {

std::string library(const std::string& name) {
  return std::string(QBENCH_LIBRARIES) + "/" + name + ".so";
}

using test::parse;

bool has(const std::string& text, const std::string& part) { return text.find(part) != text.npos; }

struct Outcome {
  int exit_code;
  std::vector<std::string> rows;  // of the journal

  // True where exactly one row is of the kernel, and has this in it.
  bool shows(const std::string& kernel, const std::string& part) const {
    const std::string of = "/kernel:" + kernel + "/";
    std::vector<std::string> found;
    std::ranges::copy_if(rows, std::back_inserter(found),
                         [&](const std::string& row) { return has(row, of); });
    return found.size() == 1 && has(found.front(), part);
  }
};

// One command, without the rows of bf16 that are always there.
Outcome sweep(const std::string& file, const std::string& kernel, const std::string& suite,
              const std::string& mode, const std::string& dtype = "fp32") {
  std::string folder =
      (std::filesystem::temp_directory_path() / "qbench_kernel_library_XXXXXX").string();
  REQUIRE(mkdtemp(folder.data()) != nullptr);
  const std::string journal = folder + "/journal.jsonl";
  const Parsed parsed = parse({"--kernel-library", file,
                               "--suite",          suite,
                               "--modes",          mode,
                               "--dtypes",         dtype,
                               "--shapes",         "1x96x200",
                               "--kernels",        "reference," + kernel,
                               "--filter",         "mode:" + mode + "/",
                               "--device",         "cpu",
                               "--min-time",       "0",
                               "--isolate",        "none",
                               "--journal",        journal,
                               "--report",         "csv=" + folder + "/table.csv"});
  CAPTURE(parsed.err);
  REQUIRE(!parsed.exit_code.has_value());
  Outcome outcome{run_sweep(parsed.options), {}};
  std::ifstream in(journal);
  for (std::string row; std::getline(in, row);) outcome.rows.push_back(row);
  std::filesystem::remove_all(folder);
  return outcome;
}

// The one line that a library is refused with.
std::string refusal(const std::string& file) {
  const Parsed parsed = parse({"--kernel-library", file, "--list"});
  CHECK(parsed.exit_code.value_or(0) == 1);
  CHECK(has(parsed.err, "qbench: --kernel-library: " + file));
  CHECK(!has(parsed.err, "\n"));
  return parsed.err;
}

const std::string kPassed = "\"status\":\"passed\"";
const std::string kWrong = "\"status\":\"wrong\"";
const std::string kError = "\"status\":\"error\"";
const std::string kSkipped = "\"status\":\"skipped\"";

}  // namespace

TEST_CASE("the example's kernels pass beside the reference, with their times") {
  const Outcome products = sweep(library("example"), "example-gemv", "gemv", "nf4");
  CHECK(products.exit_code == 0);
  CHECK(products.shows("reference", kPassed));
  CHECK(products.shows("example-gemv", kPassed));
  CHECK(products.shows("example-gemv", "\"flops_per_second\":"));
  CHECK_FALSE(products.shows("example-gemv", "\"peak_bytes\":0"));  // not known, so not shown
  const Outcome weights = sweep(library("example"), "example-dequantize", "dequantize", "nf4");
  CHECK(weights.exit_code == 0);
  CHECK(weights.shows("reference", kPassed));
  CHECK(weights.shows("example-dequantize", kPassed));
}

TEST_CASE("kernels of libraries built with version 1 pass, are wrong and fail as others do") {
  const Outcome weights = sweep(library("version_1"), "version-1", "dequantize", "nf4");
  CHECK(weights.exit_code == 0);
  CHECK(weights.shows("version-1", kPassed));
  CHECK(sweep(library("version_1"), "version-1", "dequantize", "nf4", "bf16")
            .shows("version-1", "the dtype must be fp32"));
  const Outcome codes = sweep(library("copy_version_1"), "copy-1", "quantize", "fp32");
  CHECK(codes.exit_code == 0);
  CHECK(codes.shows("copy-1", kPassed));
  CHECK(codes.shows("copy-1", "\"seconds\":0.001,"));
  const Outcome wrong = sweep(library("short_version_1"), "short-1", "quantize", "fp32");
  CHECK(wrong.exit_code == 2);
  CHECK(wrong.shows("short-1", "first at byte 76799: got 0xa5"));
  CHECK(sweep(library("unprepared_version_1"), "unprepared-1", "quantize", "bf16")
            .shows("unprepared-1", "the tea is cold"));
  CHECK(sweep(library("lost_version_1"), "lost-1", "quantize", "fp4")
            .shows("lost-1", "the copy was lost"));
}

TEST_CASE("what a kernel does not support is skipped with its reason") {
  const Outcome outcome = sweep(library("example"), "example-gemv", "gemv", "nf4", "bf16");
  CHECK(outcome.exit_code == 0);
  CHECK(outcome.shows("example-gemv", kSkipped));
  CHECK(outcome.shows("example-gemv", "the dtype must be fp32"));
}

TEST_CASE("a kernel that reports its own time is believed, though it does more than it times") {
  const Outcome outcome = sweep(library("small"), "copy", "quantize", "fp32");
  CHECK(outcome.exit_code == 0);
  CHECK(outcome.shows("copy", kPassed));
  CHECK(outcome.shows("copy", "\"seconds\":0.001,"));
}

TEST_CASE("a kernel that reports more time than its call takes is an error row") {
  const Outcome outcome = sweep(library("clock"), "clock", "quantize", "fp32");
  CHECK(outcome.exit_code == 1);
  CHECK(outcome.shows("clock", kError));
  CHECK(outcome.shows("clock", "the kernel's clock shows 0.125 s where "));
}

TEST_CASE("a kernel that leaves its last byte unwritten is wrong, and the command ends with 2") {
  const Outcome outcome = sweep(library("short"), "short", "quantize", "fp32");
  CHECK(outcome.exit_code == 2);
  CHECK(outcome.shows("short", kWrong));
  CHECK(outcome.shows("short", "codes differ in 1 of 76800 bytes, first at byte 76799: got 0xa5"));
  CHECK(outcome.shows("reference", kPassed));
}

TEST_CASE("values that are never written are wrong") {
  const Outcome outcome = sweep(library("unwritten"), "unwritten", "dequantize", "fp16");
  CHECK(outcome.exit_code == 2);
  CHECK(outcome.shows("unwritten", kWrong));
}

TEST_CASE("a kernel that fails is an error row with its reason") {
  const Outcome unprepared = sweep(library("unprepared"), "unprepared", "quantize", "bf16");
  CHECK(unprepared.exit_code == 1);
  CHECK(unprepared.shows("unprepared", kError));
  CHECK(unprepared.shows("unprepared", "the tea is cold"));
  const Outcome lost = sweep(library("lost"), "lost", "quantize", "fp4");
  CHECK(lost.exit_code == 1);
  CHECK(lost.shows("lost", kError));
  CHECK(lost.shows("lost", "the copy was lost"));
}

TEST_CASE("--list and --kernels know the kernels of the libraries, given in a list or twice") {
  const std::string both = library("example") + "," + library("small");
  const Parsed listed = parse({"--kernel-library", both, "--list"});
  CHECK(listed.exit_code.value_or(1) == 0);
  CHECK(has(listed.out, "  example-gemv "));
  CHECK(has(listed.out, "  copy "));
  const Parsed chosen =
      parse({"--kernel-library", library("example"), "--kernel-library", library("small"),
             "--suite", "gemv", "--kernels", "example-gemv,copy"});
  CHECK(chosen.err == "");
  CHECK(chosen.options.sweep.kernels == std::vector<std::string>{"example-gemv", "copy"});
}

TEST_CASE("a library that cannot be used is refused with one line that says why") {
  const std::string here = test::in_tree("tests/harness/kernel_library_test.cpp");
  CHECK(has(refusal("/no/such.so"), "No such file"));
  CHECK(has(refusal(here), "invalid ELF header"));
  CHECK(has(refusal(library("symbol")), "does not export qbench_kernel_library()"));
  for (const auto& [name, version] :
       {std::pair{"version", "99"}, {"version_0", "0"}, {"version_3", "3"}})
    CHECK(has(refusal(library(name)), "built for version " + std::string(version) +
                                          " of kernel_library.h, this qbench has version 2: build "
                                          "it again with that header"));
  CHECK(has(refusal(library("operation")), "unknown operation 'roundtrip'"));
  CHECK(has(refusal(library("mode")), "unknown mode 'nf5'"));
  CHECK(has(refusal(library("device")), "unknown device 'tpu'"));
  CHECK(has(refusal(library("name")), "must be letters, digits, - and _, not 'a/b'"));
  CHECK(has(refusal(library("nameless")), "must be letters, digits, - and _, not ''"));
  for (const char* missing : {"prepare", "run", "output", "release", "prepare_version_1",
                              "run_version_1", "output_version_1", "release_version_1"})
    CHECK(has(refusal(library(missing)), "must have prepare, run, output and release"));
  CHECK(has(refusal(library("taken")),
            "there is a kernel reference of quantize for fp32 on cpu already"));
}

}  // namespace qbench
