// SPDX-License-Identifier: Apache-2.0
// A plan as JSON.
#include <fmt/format.h>

#include <cmath>

#include "harness/model/targets/planned_model.h"
#include "reports/decibels.h"
#include "reports/json_text.h"
#include "suites/axis_values.h"

namespace qbench {
namespace {

// "null" for errors of 0, which have no decibels, and for undefined ones.
std::string decibels(double nmse) {
  const auto db = sqnr_db(nmse);
  return db ? fmt::format("{:.4f}", *db) : "null";
}

std::string block_size(const PlannedLayer& layer) {
  if (layer.block_size == 0) return "null";
  return layer.block_size > 0 ? std::to_string(layer.block_size)
                              : json_string(block_size_name(layer.block_size));
}

std::string line_of(const PlannedLayer& layer) {
  return fmt::format(
      R"(    {}: {{"mode": {}, "block_size": {}, "bytes": {}, "output_sqnr_db": {}}})",
      json_string(layer.tensor), json_string(layer.mode->name), block_size(layer), layer.bytes,
      decibels(layer.nmse));
}

}  // namespace

std::string plan_json(const PlannedModel& plan) {
  std::string layers;
  for (const PlannedLayer& layer : plan.layers)
    layers += (layers.empty() ? "" : ",\n") + line_of(layer);
  return fmt::format(
      "{{\n  \"bits_per_param\": {:.6f},\n  \"predicted_sqnr_db\": {},\n  \"checked_sqnr_db\": "
      "{},\n"
      "  \"bound_sqnr_db\": {},\n  \"layers\": {{\n{}\n  }}\n}}\n",
      plan.bits_per_param, decibels(plan.predicted_nmse), decibels(plan.checked_nmse),
      decibels(plan.bound_nmse), layers);
}

}  // namespace qbench
