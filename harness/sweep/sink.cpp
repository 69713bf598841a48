// SPDX-License-Identifier: Apache-2.0
// The journal, progress and reports as sinks.
#include "harness/sweep/sink.h"

#include <optional>

#include "harness/output/outputs.h"
#include "harness/output/progress.h"
#include "harness/run/speedup.h"
#include "reports/journal/journal.h"

namespace qbench {
namespace {

class JournalSink : public Sink {
 public:
  JournalSink(const Options& options, const Environment& environment)
      : journal_(options.journal, options.append ? Journal::Open::append : Journal::Open::create,
                 environment) {}
  void add(const Result& result) override { journal_.add(result); }

 private:
  Journal journal_;
};

// Shows progress as cases begin.
class ProgressSink : public Sink {
 public:
  ProgressSink(std::size_t cases, bool quiet) : progress_(std::in_place, cases, quiet) {}
  void begin(const Case& c) override { progress_->begin(c.id()); }
  void add(const Result&) override {}
  bool finish() override {
    progress_.reset();  // clears its line
    return true;
  }

 private:
  std::optional<Progress> progress_;
};

class ReportSink : public Sink {
 public:
  ReportSink(const Reports& reports, const Environment& environment,
             const std::vector<Result>& results)
      : reports_(reports), environment_(environment), results_(results) {}
  void add(const Result&) override {}
  bool finish() override { return write_reports(reports_, environment_, results_); }

 private:
  const Reports& reports_;
  const Environment& environment_;
  const std::vector<Result>& results_;
};

// Passes everything on to several sinks, results with their speedup.
class Sinks : public Sink {
 public:
  void push(std::unique_ptr<Sink> sink) { sinks_.push_back(std::move(sink)); }
  void begin(const Case& c) override {
    for (const auto& sink : sinks_) sink->begin(c);
  }
  void add(const Result& result) override {
    Result compared = result;
    speedups_.compare(compared);
    for (const auto& sink : sinks_) sink->add(compared);
  }
  bool finish() override {
    bool all = true;
    for (const auto& sink : sinks_) all = sink->finish() && all;
    return all;
  }

 private:
  std::vector<std::unique_ptr<Sink>> sinks_;
  Speedups speedups_;
};

}  // namespace

std::unique_ptr<Sink> sinks_of(const Options& options, const Environment& environment,
                               std::size_t cases, std::vector<Result>& results) {
  auto sinks = std::make_unique<Sinks>();
  if (!options.journal.empty()) sinks->push(std::make_unique<JournalSink>(options, environment));
  sinks->push(std::make_unique<ResultSink>(results));
  sinks->push(std::make_unique<ProgressSink>(cases, options.quiet));
  sinks->push(std::make_unique<ReportSink>(options.reports, environment, results));
  return sinks;
}

}  // namespace qbench
