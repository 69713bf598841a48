// SPDX-License-Identifier: Apache-2.0
// Sweeps over quantized files: the row of what the file stores, errors against the original, and
// the second rounding that there is without one.
#include "harness/run/case_run.h"
#include "reference/reference.h"
#include "reports/journal/journal.h"
#include "suites/inputs/distributions.h"
#include "tests/harness/sweep/sweeps.h"
#include "tests/suites/checkpoints/checkpoints.h"
#include "tests/suites/checkpoints/quantized_files.h"

namespace qbench {
namespace {

using namespace test;

Matrix weights_of(const std::string& module) {
  return make_weights(Input::normal, 24, 128, static_cast<std::uint64_t>(module[0]));
}

// A file of nf4, mxfp4 and plain weights, and that of their originals.
class Files {
 public:
  Files() {
    const Matrix a = weights_of("a"), b = weights_of("b"), c = weights_of("c");
    folder_.write("quantized.safetensors", safetensors_of(quantized_tensors(a, b, c)));
    folder_.write("original.safetensors",
                  safetensors_of({plain_tensor("a.weight", a), plain_tensor("b.weight", b),
                                  plain_tensor("c.weight", c)}));
  }
  std::string quantized() const { return folder_ / "quantized.safetensors"; }
  std::string original() const { return folder_ / "original.safetensors"; }
  Options options(const SweepFolder& outputs, bool against) const {
    Options options = tiny(outputs);
    options.sweep.shapes = {};
    options.sweep.modes = {find_mode("nf4"), find_mode("mxfp4")};
    options.weights = {quantized()};
    if (against) options.against = {original()};
    return options;
  }

 private:
  TestFolder folder_;
};

JournalRun run_of(const Options& options) {
  CHECK(run_sweep(options) == 0);
  return read_journal(options.journal).at(0);
}

std::vector<Result> rows_against(const JournalRun& run, const std::string& suite,
                                 const std::string& mode) {
  std::vector<Result> rows;
  for (const Result& r : run.results)
    if (r.suite == suite && r.mode == mode) rows.push_back(r);
  return rows;
}

const Result& row_of(const JournalRun& run, const std::string& suite, const std::string& mode,
                     const std::string& tensor) {
  for (const Result& r : run.results)
    if (r.suite == suite && r.mode == mode && r.tensor == tensor) return r;
  throw std::runtime_error("no " + mode + " of " + tensor);
}

// The error of the mode on these weights, against the original.
double nmse_of(const char* mode, const Matrix& weights, const Matrix& original) {
  const Mode& of = *find_mode(mode);
  return weight_error(original, reference::quantize(of, of.block_size, weights)).nmse();
}

Matrix stored_weights(const Files& files, const std::string& tensor) {
  return to_matrix(*Checkpoint({files.quantized()}).find(tensor));
}

}  // namespace

TEST_CASE("the error of what the file stores is that of its mode on the original, to the bit") {
  const SweepFolder folder;
  const Files files;
  const JournalRun run = run_of(files.options(folder, true));
  const std::pair<const char*, const char*> stored[] = {{"a", "nf4"}, {"b", "mxfp4"}};
  for (const auto& [module, mode] : stored) {
    CAPTURE(module);
    const Result& row = row_of(run, "roundtrip", "stored", std::string(module) + ".weight");
    CHECK(row.id ==
          std::string("roundtrip/mode:stored/kernel:reference/n:24/k:128/seed:1/tensor:") + module +
              ".weight");
    CHECK(row.weight_nmse == nmse_of(mode, weights_of(module), weights_of(module)));
    CHECK(row.bits_per_param == find_mode(mode)->format.bits + (mode[0] == 'n' ? 0.5 : 0.25));
    CHECK((row.status == Status::passed && row.reason.empty() && !row.block_size));
    CHECK(row.against == files.original());
  }
  CHECK(row_of(run, "roundtrip", "stored", "a.weight").stored_as == "bitsandbytes nf4 b64");
  CHECK(row_of(run, "roundtrip", "stored", "b.weight").stored_as == "compressed-tensors mxfp4");
  const Result& plain = row_of(run, "roundtrip", "stored", "c.weight");
  CHECK((plain.stored_as == "F32" && plain.weight_nmse == 0 && plain.bits_per_param == 32));
  CHECK(rows_against(run, "gemm", "stored").empty());
  CHECK(kStoredMode.name == kStoredRow);  // reports tell the row by this name
}

TEST_CASE("a mode on top of stored weights errs against the original, its product too") {
  const SweepFolder folder;
  const Files files;
  const JournalRun run = run_of(files.options(folder, true));
  const Matrix original = weights_of("a"), stored = stored_weights(files, "a.weight");
  const double on_top = nmse_of("mxfp4", stored, original);
  CHECK(on_top != nmse_of("mxfp4", stored, stored));
  for (const char* suite : {"roundtrip", "gemm"})
    CHECK(row_of(run, suite, "mxfp4", "a.weight").weight_nmse == on_top);
  const double weight_nmse = *row_of(run, "roundtrip", "stored", "a.weight").weight_nmse;
  const Result& product = row_of(run, "gemm", "bf16", "a.weight");
  CHECK(*product.output_nmse > weight_nmse / 2);
  CHECK(value_of(run.environment, "against") == files.original());
  CHECK_FALSE(value_of(run.environment, "against_hash").empty());
}

TEST_CASE("without the original what is stored has a size and no error, and modes round again") {
  const SweepFolder folder;
  const Files files;
  const JournalRun run = run_of(files.options(folder, false));
  const Matrix stored = stored_weights(files, "a.weight");
  const Result& row = row_of(run, "roundtrip", "stored", "a.weight");
  CHECK((row.bits_per_param == 4.5 && !row.weight_nmse && !row.weight_sqnr_db));
  CHECK(row.status == Status::passed);
  CHECK(has(row.reason, "--against"));
  const Result& again = row_of(run, "roundtrip", "mxfp4", "a.weight");
  CHECK(again.weight_nmse == nmse_of("mxfp4", stored, stored));
  CHECK((again.stored_as == "bitsandbytes nf4 b64" && again.against.empty()));
  CHECK(rows_against(run, "roundtrip", "stored").size() == 2);
  CHECK(row_of(run, "roundtrip", "nf4", "c.weight").stored_as.empty());
  CHECK(count_with(folder.lines("table.md"), "a second rounding: the file has quantized") == 1);
  CHECK(value_of(run.environment, "against_hash").empty());
}

TEST_CASE("a stored row and a mode on top are run again by their ids") {
  const Files files;
  for (const char* mode : {"stored", "mxfp4"}) {
    const SweepFolder folder;
    Options options = files.options(folder, true);
    const Result before = row_of(run_of(options), "roundtrip", mode, "b.weight");
    options.sweep = sweep_of(before.id);
    options.sweep.tensors.clear();
    options.only_case = before.id;
    options.journal = folder.file("again.jsonl");
    const JournalRun again = run_of(options);
    REQUIRE(again.results.size() == 1);
    CHECK(again.results[0].id == before.id);
    CHECK(again.results[0].weight_nmse == before.weight_nmse);
  }
}

TEST_CASE("only tensors that cases use need an original") {
  const SweepFolder folder;
  const Files files;
  Options options = files.options(folder, true);
  options.against = {files.original() + ":^[ab]"};
  CHECK_THROWS_WITH(run_sweep(options), ContainsSubstring("no original for 'c.weight'"));
  options.filter = "tensor:a.weight";
  CHECK(rows_against(run_of(options), "roundtrip", "stored").size() == 1);
}

TEST_CASE("a case of an original that nobody opened is an error, not an error figure") {
  const Files files;
  const Checkpoint checkpoint({files.quantized()});
  Inputs inputs(&checkpoint);
  Case c = small_case(reference_kernel(Op::roundtrip));
  c.shape = {0, 24, 128};
  c.tensor = RealTensor{.name = "a.weight", .shape = {24, 128}, .against = "gone"};
  const Result result = run(c, inputs, {.timed = false, .memory_bytes = 1e9});
  CHECK(result.status == Status::error);
  CHECK((has(result.reason, "--against") && !result.weight_nmse));
}

}  // namespace qbench
