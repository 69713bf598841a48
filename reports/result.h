// SPDX-License-Identifier: Apache-2.0
// Result: the outcome of a case, a plain record in SI base units with the names of the journal.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace qbench {

enum class Status { passed, wrong, skipped, error };
inline constexpr const char* kStatusNames[] = {"passed", "wrong", "skipped", "error"};

// Figures that were not measured, or are undefined, are absent.
struct Result {
  std::string id;  // "case" in the journal
  std::string suite, op, mode, kernel, device, dtype;
  std::optional<std::int64_t> block_size, m, n, k;
  std::optional<std::int64_t> lora_rank, lora_alpha;  // of the adapter
  std::string model;        // the row is of a token through all its linear layers
  std::string granularity;  // "row" or "tensor" in place of a block size
  std::string input, tensor;
  std::uint64_t seed = 0;
  int threads = 0;
  Status status = Status::passed;
  std::string reason;  // why it did not pass; if it passed: which figures are undefined and why

  std::optional<double> weight_nmse, weight_sqnr_db, weight_max_error, bound_gap_db;
  std::optional<double> output_nmse, output_sqnr_db, kernel_error;
  std::optional<double> bits_per_param, weight_bytes, scale_bytes, peak_bytes;
  std::optional<double> seconds, seconds_min, seconds_q1, seconds_q3, samples, cycles;
  std::optional<double> instructions;  // one run in user space, on one CPU thread
  // Devices with a clock of their own: number of samples discarded for a low clock or heat, clock
  // of the multiprocessors, power of the board, and the state of the cache before a run: "cold" or
  // "warm".
  std::optional<double> discarded_samples, clock_hz, power_w;
  std::string cache;
  std::optional<double> bytes, flops, bytes_per_second, flops_per_second, roofline_fraction,
      speedup;
  std::optional<double> tokens_per_second;              // of a whole model: m in the time of a run
  std::optional<double> adapter_bytes, gradient_bytes;  // of A and B, and of their gradients

  std::string noise;                  // why the time is not to be trusted, or empty
  std::optional<double> cpu_seconds;  // one run, all threads; CPU rows only
  // Real weights: their file; how the tensor was read as a matrix ("stack", "convolution",
  // "transposed"; empty: unchanged) and its number of slices; the reason why totals leave it out
  // ("norm", "embedding", "rank 1"), or empty.
  std::string weights, layout;
  std::optional<std::int64_t> slices;
  std::string not_in_totals;
  // The distribution of the weights: 3 of normal ones; the share beyond 4 standard deviations.
  std::optional<double> kurtosis, outlier_share;
  // Real weights: how their file stores them ("gptq int4 g128"), empty for plain numbers that have
  // no original; the files of the originals that errors are against, empty where errors are against
  // the weights that the file means.
  std::string stored_as, against;
};

// The mode of the row that has the weights as their file stores them.
inline constexpr std::string_view kStoredRow = "stored";

// True for real weights. Looks at the file too, because a tensor's name may be empty.
inline bool is_real(const Result& r) { return !r.weights.empty() || !r.tensor.empty(); }

// Conditions of the run, in the order of printing: device, driver, compiler, revision, ...
using Environment = std::vector<std::pair<std::string, std::string>>;

// The value of a condition; empty if it is missing.
inline std::string value_of(const Environment& environment, std::string_view name) {
  for (const auto& [known, value] : environment)
    if (known == name) return value;
  return {};
}

}  // namespace qbench
