// SPDX-License-Identifier: Apache-2.0
// A sweep from its options to its exit code.
#include "harness/sweep.h"

#include <fmt/format.h>
#include <omp.h>

#include <algorithm>
#include <memory>

#include "harness/ceilings.h"
#include "harness/environment.h"
#include "harness/progress.h"
#include "harness/run.h"
#include "harness/speedup.h"
#include "reports/journal.h"

namespace qbench {
namespace {

constexpr int kNoDevice = 77;

// Tensors that cannot be used are results too: skipped, with the reason.
Result skipped(const Tensor& tensor, const Options& options) {
  Result r;
  r.suite = options.sweep.suites.front()->name;
  r.tensor = tensor.name;
  r.id = fmt::format("{}/tensor:{}", r.suite, tensor.name);
  r.status = Status::skipped;
  r.reason = tensor.unusable();
  return r;
}

std::unique_ptr<Checkpoint> open_checkpoint(Options& options) {
  if (options.weights.empty()) return nullptr;
  auto checkpoint = std::make_unique<Checkpoint>(options.weights);
  for (const Tensor& tensor : checkpoint->tensors())
    if (tensor.unusable().empty())
      options.sweep.tensors.push_back(
          {.name = tensor.name, .shape = {tensor.rows(), tensor.cols()}, .file = options.weights});
  return checkpoint;
}

class Recorder {
 public:
  Recorder(const Options& options, const Environment& environment) {
    if (options.journal.empty()) return;
    const auto how = options.append ? Journal::Open::append : Journal::Open::create;
    journal_ = std::make_unique<Journal>(options.journal, how, environment);
  }
  void add(Result result) {
    speedups_.compare(result);
    if (journal_) journal_->add(result);
    results_.push_back(std::move(result));
  }
  const std::vector<Result>& results() const { return results_; }

 private:
  std::unique_ptr<Journal> journal_;
  Speedups speedups_;
  std::vector<Result> results_;
};

void run_cases(const std::vector<Case>& cases, const Checkpoint* checkpoint, const Options& options,
               Recorder& recorder) {
  Inputs inputs(checkpoint);
  Progress progress(cases.size());
  for (const Case& c : cases) {
    progress.begin(c.id());
    // What the last case left behind is given back or shared.
    const double memory = available_memory() + static_cast<double>(MemoryMeter::current());
    recorder.add(run(c, inputs,
                     {.min_time = options.min_time,
                      .memory_bytes = memory,
                      .threads = options.threads,
                      .count_instructions = options.count_instructions}));
  }
}

void write_reports(const Options& options, const Environment& environment,
                   const std::vector<Result>& results) {
  for (const auto& [report, file] : options.reports) {
    const std::size_t width = file.empty() ? table_width() : kFileWidth;
    const std::string text = report->write(environment, results, width);
    if (file.empty())
      fmt::print("{}", text);
    else
      write_file(file, text);
  }
}

bool any(const std::vector<Result>& results, Status status) {
  return std::ranges::any_of(results, [&](const Result& r) { return r.status == status; });
}

bool only_absent_devices(const std::vector<Case>& cases) {
  return std::ranges::all_of(
      cases, [](const Case& c) { return c.device.starts_with("cuda") && !c.skip.empty(); });
}

int exit_code(const std::vector<Case>& cases, const std::vector<Result>& results) {
  if (any(results, Status::wrong)) return 2;
  if (any(results, Status::error)) return 1;
  return only_absent_devices(cases) && !cuda_status().unusable().empty() ? kNoDevice : 0;
}

}  // namespace

int run_sweep(const Options& given) {
  Options options = given;
  const std::unique_ptr<Checkpoint> checkpoint = open_checkpoint(options);
  const std::vector<Case> cases = selected_cases(options);
  if (options.dry_run) {
    for (const Case& c : cases)
      fmt::print("{}{}\n", c.id(), c.skip.empty() ? "" : "  skipped: " + c.skip);
    return 0;
  }
  if (options.threads > 0) omp_set_num_threads(options.threads);
  options.threads = omp_get_max_threads();
  Environment conditions = environment(options.threads, options.sweep.seed);
  add_ceilings(conditions, cases);
  Recorder recorder(options, conditions);
  if (checkpoint)
    for (const Tensor& tensor : checkpoint->tensors())
      if (!tensor.unusable().empty()) recorder.add(skipped(tensor, options));
  run_cases(cases, checkpoint.get(), options, recorder);
  write_reports(options, conditions, recorder.results());
  return exit_code(cases, recorder.results());
}

}  // namespace qbench
