// SPDX-License-Identifier: Apache-2.0
// The figures of a Result.
#include "harness/run/figures.h"

#include <cmath>

namespace qbench {

Result describe(const Case& c, int threads) {
  Result r;
  r.id = c.id();
  r.suite = c.suite->name;
  r.op = name(c.suite->op);
  r.mode = c.mode->name;
  if (c.kernel != nullptr) r.kernel = c.kernel->name;
  r.device = c.device;
  r.dtype = name(c.dtype);
  if (c.block_size > 0) r.block_size = c.block_size;
  if (c.shape.m > 0) r.m = c.shape.m;
  r.n = c.shape.n;
  r.k = c.shape.k;
  if (c.uses_input()) r.input = name(c.input);
  if (c.tensor) {
    r.tensor = c.tensor->name;
    r.weights = c.tensor->file;
    r.layout = c.tensor->layout;
    if (c.tensor->slices > 1) r.slices = c.tensor->slices;
    r.not_in_totals = c.tensor->not_in_totals;
  }
  r.seed = c.seed;
  r.threads = threads;
  return r;
}

void set_status(Result& r, Status status, const std::string& reason) {
  r.status = status;
  r.reason = reason;
}

void set_sizes(Result& r, const QuantizedMatrix& q) {
  r.bits_per_param = q.bits_per_param();
  r.weight_bytes = static_cast<double>(q.weight_bytes());
  r.scale_bytes = static_cast<double>(q.scale_bytes());
}

void set_weight_error(Result& r, const ErrorSums& sums) {
  const double nmse = sums.nmse();
  if (!std::isfinite(nmse)) {
    r.reason =
        r.mode +
        ": weight errors are undefined: the weights or what they decode to are not finite, or "
        "all zero";
    return;
  }
  r.weight_nmse = nmse;
  r.weight_max_error = sums.largest;
  r.weight_sqnr_db = sqnr_db(nmse);
  if (r.weight_sqnr_db) r.bound_gap_db = bound_gap_db(*r.bits_per_param, *r.weight_sqnr_db);
}

void set_output_error(Result& r, const ErrorSums& sums) {
  const double nmse = sums.nmse();
  if (!std::isfinite(nmse)) return;
  r.output_nmse = nmse;
  r.output_sqnr_db = sqnr_db(nmse);
}

// Bytes that one run must move at the least, and its multiplications and additions.
void set_work(Result& r, const Case& c, const QuantizedMatrix& q) {
  const auto m = static_cast<double>(c.shape.m), n = static_cast<double>(c.shape.n);
  const auto k = static_cast<double>(c.shape.k);
  const auto stored = static_cast<double>(q.weight_bytes() + q.scale_bytes());
  switch (c.suite->op) {
    case Op::roundtrip:
      r.bytes = 2 * (4 * n * k + stored);
      break;
    case Op::quantize:
    case Op::dequantize:
      r.bytes = bytes_of(c.dtype) * n * k + stored;
      break;
    case Op::matmul:
      r.bytes = stored + bytes_of(c.dtype) * (m * k + m * n);
      r.flops = 2 * m * n * k;
  }
}

void set_timing(Result& r, const Timing& timing) {
  r.seconds = timing.median;
  r.seconds_min = timing.min;
  r.seconds_q1 = timing.q1;
  r.seconds_q3 = timing.q3;
  r.samples = static_cast<double>(timing.samples);
  r.cycles = timing.cycles;
  r.clock_hz = timing.clock_hz;
  r.power_w = timing.power_w;
  r.cpu_seconds = timing.cpu_seconds;
  if (timing.cpu_seconds) r.noise = noise_of(timing);
  r.cache = timing.cache;
  if (!timing.cache.empty()) r.discarded_samples = static_cast<double>(timing.discarded);
  if (!(timing.median > 0)) return;
  if (r.bytes) r.bytes_per_second = *r.bytes / timing.median;
  if (r.flops) r.flops_per_second = *r.flops / timing.median;
}

}  // namespace qbench
