// SPDX-License-Identifier: Apache-2.0
// The header of the screen, and words that all sections use.
#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>

#include "harness/explain/page.h"
#include "harness/model/screen/sections.h"
#include "reports/summaries/tally.h"
#include "reports/text/text.h"
#include "suites/axis_values.h"

namespace qbench {
namespace {

constexpr std::size_t kLabel = 12, kNames = 2, kFormats = 6;

std::string left_text(const Inventory& inventory) {
  std::vector<std::string> kinds;
  for (const LeftKind& kind : inventory.left) {
    Lines names;
    for (const std::string& name : kind.names) names.push_back(printable(name));
    kinds.push_back(
        fmt::format("{} x {} ({})", kind.names.size(), kind.reason, first_few(names, kNames)));
  }
  return fmt::format("{} parameters, {}: {}", count_text(inventory.left_parameters()),
                     bytes_text(inventory.left_bytes()), fmt::join(kinds, ", "));
}

// "12 x gguf Q4_K, 3 x BF16; errors are against these, decoded: ..."
std::string stored_text(const ScreenContent& content) {
  Tally formats;
  for (const Tensor* tensor : content.inventory->layers)
    formats.add(tensor->dtype, printable(tensor->dtype), tensor->name);
  Lines parts;
  for (const Told& format : formats.all())
    parts.push_back(fmt::format("{} x {}", format.subjects.size(), format.what));
  return fmt::format("{}; errors are against {}", first_few(parts, kFormats),
                     content.against.empty()
                         ? "these weights, decoded: a second rounding; --against ORIGINAL"
                         : fmt::format("{}: stored is the file alone, modes are on top",
                                       printable(content.against)));
}

}  // namespace

std::string count_text(double parameters) {
  return parameters >= 1e9   ? fmt::format("{:.2f} G", parameters / 1e9)
         : parameters >= 1e6 ? fmt::format("{:.2f} M", parameters / 1e6)
                             : fmt::format("{:.0f}", parameters);
}

std::string bytes_text(double bytes) {
  return bytes >= 1e9 ? fmt::format("{:.3f} GB", bytes / 1e9)
                      : fmt::format("{:.3f} MB", bytes / 1e6);
}

std::string layer_name(const Result& row) {
  std::string name = printable(row.tensor);
  if (name.ends_with(".weight")) name.resize(name.size() - std::string_view(".weight").size());
  return name;
}

void add_labelled(Lines& lines, const std::string& label, const std::string& text) {
  const std::string whole = pad(label, kLabel, false) + wrapped(text, kScreenWidth, kLabel);
  for (std::size_t at = 0; at <= whole.size();) {
    const std::size_t end = std::min(whole.find('\n', at), whole.size());
    lines.push_back(whole.substr(at, end - at));
    at = end + 1;
  }
}

std::string block_text(const Candidate& candidate) {
  return candidate.block_size == 0 ? "-" : block_size_name(candidate.block_size);
}

Lines header_lines(const ScreenContent& content) {
  const Inventory& inventory = *content.inventory;
  const double parameters = inventory.layer_parameters + inventory.left_parameters();
  Lines lines;
  add_labelled(lines, "model",
               fmt::format("{}: {} parameters, {} at 16 bits", printable(content.checkpoint),
                           count_text(parameters),
                           bytes_text(2 * inventory.layer_parameters + inventory.left_bytes())));
  const std::size_t done = content.network->layers.size();
  add_labelled(lines, "quantized",
               fmt::format("{} layers, {} parameters (--tensors {}){}", inventory.layers.size(),
                           count_text(inventory.layer_parameters), name(content.scope),
                           done < content.layers
                               ? fmt::format("; interrupted: figures are of the first {}", done)
                               : ""));
  if (content.network->tells_stored) add_labelled(lines, "stored as", stored_text(content));
  if (!inventory.left.empty()) add_labelled(lines, "left alone", left_text(inventory));
  return lines;
}

}  // namespace qbench
