// SPDX-License-Identifier: Apache-2.0
// Result: what a case came to. A plain record in SI base units; names are those of the journal.
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

// A figure that was not measured, or is undefined, is absent.
struct Result {
  std::string id;  // "case" in the journal
  std::string suite, op, mode, kernel, device, dtype;
  std::optional<std::int64_t> block_size, m, n, k;
  std::string input, tensor;
  std::uint64_t seed = 0;
  int threads = 0;
  Status status = Status::passed;
  std::string
      reason;  // of every status but passed; with passed: which figures are undefined and why

  std::optional<double> weight_nmse, weight_sqnr_db, weight_max_error, bound_gap_db;
  std::optional<double> output_nmse, output_sqnr_db, kernel_error;
  std::optional<double> bits_per_param, weight_bytes, scale_bytes, peak_bytes;
  std::optional<double> seconds, seconds_min, seconds_q1, seconds_q3, samples, cycles;
  std::optional<double> instructions;  // of one run in user space, on one thread of the CPU
  // Of devices with a clock of their own: samples set aside, for a low clock or heat; the clock of
  // the multiprocessors and the power of the board; whether runs found the cache "cold" or "warm".
  std::optional<double> discarded_samples, clock_hz, power_w;
  std::string cache;
  std::optional<double> bytes, flops, bytes_per_second, flops_per_second, roofline_fraction,
      speedup;

  std::string noise;                  // why the time is not to be trusted; empty: it is
  std::optional<double> cpu_seconds;  // of one run, on all threads of the process; CPU rows only
  // For real weights: the file they are from; how the tensor was taken as a matrix where that is
  // not plain ("stack", "convolution", "transposed") and of how many slices; why totals leave it
  // out ("norm", "embedding", "rank 1"), or empty.
  std::string weights, layout;
  std::optional<std::int64_t> slices;
  std::string not_in_totals;
};

// By its source: a tensor's name may be empty.
inline bool is_real(const Result& r) { return !r.weights.empty() || !r.tensor.empty(); }

// Conditions of the run, in the order in which they are printed: device, driver, compiler, revision
// ...
using Environment = std::vector<std::pair<std::string, std::string>>;

// Empty where the environment does not tell it.
inline std::string value_of(const Environment& environment, std::string_view name) {
  for (const auto& [known, value] : environment)
    if (known == name) return value;
  return {};
}

}  // namespace qbench
