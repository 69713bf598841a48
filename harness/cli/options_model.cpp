// SPDX-License-Identifier: Apache-2.0
// Interprets the options of the verb model.
#include <fmt/format.h>

#include <algorithm>
#include <cctype>
#include <cmath>

#include "harness/cli/option_texts.h"
#include "harness/model/targets/planned_model.h"

namespace qbench {
namespace {

struct Unit {
  std::string_view name;
  double bytes;
};
constexpr Unit kUnits[] = {{"B", 1},     {"MB", 1e6},     {"GB", 1e9},
                           {"TB", 1e12}, {"MIB", 0x1p20}, {"GIB", 0x1p30}};

// "6GB", "5.5GiB", in any case.
double bytes_of(const std::string& text) {
  const std::size_t end = std::min(text.find_first_not_of("0123456789.eE+-"), text.size());
  std::string unit = text.substr(end);
  std::ranges::transform(unit, unit.begin(),
                         [](unsigned char c) { return static_cast<char>(std::toupper(c)); });
  const auto known = std::ranges::find(kUnits, unit, &Unit::name);
  if (known == std::end(kUnits))
    fail(fmt::format("--memory: '{}' is not a size: write it as 6GB, 5.5GiB or 800MB", text));
  return number("--memory", text.substr(0, end), 0., "a size, as in 6GB") * known->bytes;
}

// A budget that was given is a finite number.
void check_budgets(const ModelOptions& model) {
  if (model.bits && model.memory) fail("--bits and --memory are both budgets: give one");
  for (const auto& budget : {model.bits, model.memory})
    if (budget && !std::isfinite(*budget)) fail("a budget is a finite number");
  if (!model.plans.empty() && !model.bits && !model.memory)
    fail("--plan needs a budget: give --bits or --memory");
}

std::set<std::string> files_of(const RawOptions& raw) {
  std::set<std::string> files;
  for (const std::string& text : raw.reports)
    if (const std::size_t equals = text.find('='); equals != text.npos)
      files.insert(absolute(text.substr(equals + 1)));
  if (!raw.journal.empty()) files.insert(absolute(raw.journal));
  return files;
}

}  // namespace

ModelOptions model_options(const RawOptions& raw) {
  ModelOptions model{.scope = scope_of(raw.tensors).value_or(Scope::linear)};
  if (!raw.model.layers.empty() && raw.model.layers != "all")
    fail("--layers: '" + raw.model.layers + "' is not 'all': the screen has the worst without it");
  model.all_layers = !raw.model.layers.empty();
  model.timed = raw.model.time;
  if (!raw.model.bits.empty())
    model.bits = number("--bits", raw.model.bits, 0., "a number of bits");
  if (!raw.model.memory.empty()) model.memory = bytes_of(raw.model.memory);
  std::set<std::string> files = files_of(raw);
  model.plans = outputs<PlanFormat>("--plan", raw.model.plans, "form of a plan", plan_formats,
                                    find_plan_format, files);
  check_budgets(model);
  return model;
}

}  // namespace qbench
