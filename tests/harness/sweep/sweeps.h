// SPDX-License-Identifier: Apache-2.0
// Sweeps of tiny shapes, and what they wrote.
#pragma once

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <functional>
#include <string>
#include <vector>

#include "harness/process/process.h"
#include "harness/sweep/sweep.h"
#include "tests/catch.h"
#include "tests/harness/fakes.h"

namespace qbench::test {

// A folder for one sweep's files.
class SweepFolder {
 public:
  std::string file(const std::string& name) const { return folder_.path() + "/" + name; }
  std::vector<std::string> lines(const std::string& name) const {
    std::ifstream in(file(name));
    std::vector<std::string> lines;
    for (std::string line; std::getline(in, line);) lines.push_back(line);
    return lines;
  }

 private:
  TemporaryFolder folder_;
};

// Four cases that were asked for and two of bf16, all on the reference kernel.
inline Options tiny(const SweepFolder& folder) {
  Options options;
  options.sweep.suites = {find_suite("roundtrip"), find_suite("gemm")};
  options.sweep.modes = {find_mode("nf4"), find_mode("int8")};
  options.sweep.shapes = {{3, 96, 200}};
  options.min_time = 0;
  options.journal = folder.file("journal.jsonl");
  options.reports = {{find_report("csv"), folder.file("table.csv")},
                     {find_report("markdown"), folder.file("table.md")},
                     {find_report("json"), folder.file("table.json")}};
  return options;
}

inline bool has(const std::string& text, const std::string& part) {
  return text.find(part) != text.npos;
}

inline std::size_t count_with(const std::vector<std::string>& lines, const std::string& part) {
  return static_cast<std::size_t>(
      std::ranges::count_if(lines, [&](const std::string& line) { return has(line, part); }));
}

// The table of kernels with the product of the reference replaced.
class WithProductBy {
 public:
  explicit WithProductBy(std::function<std::unique_ptr<Trial>(const Problem&)> prepare)
      : kernel_(const_cast<Kernel&>(reference_kernel(Op::matmul))), before_(kernel_) {
    kernel_.prepare = std::move(prepare);
  }
  ~WithProductBy() { kernel_.prepare = before_.prepare; }

 private:
  Kernel& kernel_;  // an element of a vector, and so not const itself
  const Kernel before_;
};

}  // namespace qbench::test
