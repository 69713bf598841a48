// SPDX-License-Identifier: Apache-2.0
// qbench_microbench: the reference's speed in weights per second, as a Google Benchmark program of
// its own. It uses every core that it may run on: `taskset -c 0 qbench_microbench` shows one
// thread's. QBENCH_ISA chooses the instruction set.
#include <benchmark/benchmark.h>

#include "reference/errors/error.h"
#include "reference/reference.h"
#include "reference/simd/loops.h"
#include "suites/inputs/distributions.h"

namespace {

using namespace qbench;

constexpr std::int64_t kRows = 4096, kCols = 4096, kTokens = 16;

// Made on first use: before a loop is timed.
const Matrix& weights() {
  static const Matrix w = make_weights(Input::normal, kRows, kCols, 1);
  return w;
}

void count_weights(benchmark::State& state) {
  state.SetItemsProcessed(state.iterations() * kRows * kCols);
  state.SetLabel(std::string(reference::instruction_set()));
}

void quantize(benchmark::State& state, const Mode* mode) {
  const Matrix& w = weights();
  QuantizedMatrix q(mode->format, mode->block_size, kRows, kCols);
  for (auto _ : state) reference::quantize(w, *mode, q);
  count_weights(state);
}

void quantize_and_error(benchmark::State& state, const Mode* mode) {
  const Matrix& w = weights();
  QuantizedMatrix q(mode->format, mode->block_size, kRows, kCols);
  for (auto _ : state) {
    reference::quantize(w, *mode, q);
    benchmark::DoNotOptimize(weight_error(w, q));
  }
  count_weights(state);
}

void error(benchmark::State& state, const Mode* mode) {
  const Matrix& w = weights();
  const QuantizedMatrix q = reference::quantize(*mode, mode->block_size, w);
  for (auto _ : state) benchmark::DoNotOptimize(weight_error(w, q));
  count_weights(state);
}

void dequantize(benchmark::State& state, const Mode* mode) {
  const QuantizedMatrix q = reference::quantize(*mode, mode->block_size, weights());
  Matrix out(kRows, kCols);
  reference::dequantize(q, out);  // fresh pages would cost ten times what decoding does
  for (auto _ : state) reference::dequantize(q, out);
  count_weights(state);
}

void gemm(benchmark::State& state, const Mode* mode) {
  const QuantizedMatrix q = reference::quantize(*mode, mode->block_size, weights());
  Matrix x = make_activations(Input::normal, kTokens, kCols, 1), y(kTokens, kRows);
  reference::round_to(mode->dtype, x.values);
  for (auto _ : state) reference::matmul(x, q, mode->dtype, y);
  count_weights(state);
}

void make_inputs(benchmark::State& state) {
  for (auto _ : state) benchmark::DoNotOptimize(make_weights(Input::normal, kRows, kCols, 1));
  count_weights(state);
}

}  // namespace

int main(int argc, char** argv) {
  struct {
    const char* name;
    void (*run)(benchmark::State&, const Mode*);
  } const operations[] = {{"quantize", quantize},
                          {"quantize_and_error", quantize_and_error},
                          {"error", error},
                          {"dequantize", dequantize},
                          {"gemm", gemm}};
  for (const auto& [name, run] : operations)
    for (const Mode* mode : all_modes())
      benchmark::RegisterBenchmark((name + std::string("/") + std::string(mode->name)).c_str(), run,
                                   mode)
          ->UseRealTime()
          ->Unit(benchmark::kMillisecond);
  benchmark::RegisterBenchmark("make_weights/normal", make_inputs)
      ->UseRealTime()
      ->Unit(benchmark::kMillisecond);
  benchmark::Initialize(&argc, argv);
  if (benchmark::ReportUnrecognizedArguments(argc, argv)) return 1;
  benchmark::RunSpecifiedBenchmarks();
  benchmark::Shutdown();
}
