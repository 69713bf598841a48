// SPDX-License-Identifier: Apache-2.0
// Fills in the figures of a Result.
#include "harness/run/figures.h"

#include <cmath>
#include <variant>

#include "harness/measure/timing_noise.h"
#include "reports/decibels.h"
#include "reports/fields.h"
#include "suites/axes.h"

namespace qbench {

Result describe(const Case& c, int threads) {
  Result r;
  r.id = c.id();
  for (const Axis& axis : all_axes())
    for (const AxisField& field : axis.fields)
      std::visit([&](const auto& value) { set_field(r, field.name, value); }, field.value(c));
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

void set_sizes(Result& r, double params, double weight_bytes, double scale_bytes) {
  r.bits_per_param = 8 * (weight_bytes + scale_bytes) / params;
  r.weight_bytes = weight_bytes;
  r.scale_bytes = scale_bytes;
}

void set_sizes(Result& r, const StoredSize& size) {
  set_sizes(r, static_cast<double>(*r.n) * static_cast<double>(*r.k),
            static_cast<double>(size.weight_bytes), static_cast<double>(size.scale_bytes));
}

void set_adapter_sizes(Result& r, const Case& c) {
  const auto numbers = static_cast<double>(c.rank * (c.shape.n + c.shape.k));
  r.adapter_bytes = numbers * bytes_of(c.dtype);
  if (c.operation().makes_gradients) r.gradient_bytes = numbers * bytes_of(Dtype::fp32);
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

Work work_of(const Case& c, const QuantizedMatrix& q) {
  return c.operation().work({.m = static_cast<double>(c.shape.m),
                             .n = static_cast<double>(c.shape.n),
                             .k = static_cast<double>(c.shape.k),
                             .element = static_cast<double>(bytes_of(c.dtype)),
                             .stored = static_cast<double>(q.weight_bytes() + q.scale_bytes()),
                             .rank = static_cast<double>(c.rank)});
}

void set_work(Result& r, const Work& work) {
  r.bytes = work.bytes;
  r.flops = work.flops;
}

Problem problem_of(const Case& c, const Operands& operands, const QuantizedMatrix& codes) {
  return {.op = c.suite->op,
          .mode = c.mode,
          .weights = operands.weights.get(),
          .quantized = &codes,
          .x = operands.x.get(),
          .dtype = c.dtype,
          .device_index = c.device.index,
          .adapter = operands.adapter.get(),
          .g = operands.g.get()};
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
  if (!r.model.empty()) r.tokens_per_second = static_cast<double>(r.m.value_or(0)) / timing.median;
}

}  // namespace qbench
