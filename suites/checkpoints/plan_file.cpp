// SPDX-License-Identifier: Apache-2.0
// Reads the "layers" of a plan; its other members are predictions.
#include "suites/checkpoints/plan_file.h"

#include <nlohmann/json.hpp>
#include <stdexcept>

#include "reports/text/text.h"
#include "suites/axis_values.h"
#include "suites/checkpoints/fail_file.h"
#include "suites/checkpoints/mapped_file.h"
#include "suites/checkpoints/strict_json.h"
#include "suites/unknown_mode.h"

namespace qbench {
namespace {

using Json = nlohmann::json;

// A number, "row" or "tensor"; null where the mode has no blocks.
int block_size_in(const Json& layer) {
  const auto found = layer.find("block_size");
  if (found == layer.end() || found->is_null()) return 0;
  if (found->is_string()) return block_size_of(found->get<std::string>());
  if (!found->is_number_unsigned() || found->get<std::uint64_t>() > 1U << 20)
    fail_file("its block_size is no number of weights");
  return found->get<int>();
}

PlannedMode mode_in(const Json& layer) {
  const auto found = layer.is_object() ? layer.find("mode") : layer.end();
  if (found == layer.end() || !found->is_string()) fail_file("has no mode");
  const auto name = found->get<std::string>();
  const Mode* mode = find_mode(name);
  if (mode == nullptr) fail_file(unknown_mode(printable(name)));
  return {mode, block_size_in(layer)};
}

std::map<std::string, PlannedMode> plan_in(std::span<const std::byte> bytes) {
  const Json json = parse_strict_json({reinterpret_cast<const char*>(bytes.data()), bytes.size()});
  const auto layers = json.is_object() ? json.find("layers") : json.end();
  if (layers == json.end() || !layers->is_object() || layers->empty())
    fail_file("has no layers: it is no plan of 'qbench model --plan json'");
  std::map<std::string, PlannedMode> plan;
  for (const auto& [tensor, layer] : layers->items()) {
    try {
      plan.emplace(tensor, mode_in(layer));
    } catch (const std::exception& error) {
      fail_file("tensor " + in_quotes(tensor) + ": " + error.what());
    }
  }
  return plan;
}

}  // namespace

std::map<std::string, PlannedMode> read_plan(const std::string& file) {
  try {
    return plan_in(MappedFile(file).bytes());
  } catch (const std::runtime_error& error) {
    fail_file(file + ": " + error.what());
  }
}

}  // namespace qbench
