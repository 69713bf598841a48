// SPDX-License-Identifier: Apache-2.0
// The header of the screen, and words that all sections use.
#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <iterator>

#include "harness/explain/page.h"
#include "harness/model/screen/sections.h"
#include "reports/summaries/tally.h"
#include "reports/text/text.h"
#include "reports/text/units.h"
#include "suites/axis_values.h"
#include "suites/checkpoints/containers/parts.h"

namespace qbench {
namespace {

constexpr std::size_t kLabel = 12, kNames = 2, kFormats = 6;

std::string kind_text(const LeftKind& kind, Length length) {
  const std::string text = fmt::format("{} x {}", kind.names.size(), kind.reason);
  if (length == Length::brief) return text;
  Lines names;
  for (const std::string& name : kind.names) names.push_back(printable(name));
  return fmt::format("{} ({})", text, first_few(names, kNames));
}

std::string left_text(const Inventory& inventory, Length length) {
  Lines kinds;
  for (const LeftKind& kind : inventory.left) kinds.push_back(kind_text(kind, length));
  return fmt::format("{} parameters, {}: {}", count_text(inventory.left_parameters()),
                     bytes_text(inventory.left_bytes()), fmt::join(kinds, ", "));
}

// The bytes of the model with its layers at 16 bits, where what is left alone may have others.
std::string size_text(const Inventory& inventory, double layer_parameters) {
  const bool others = std::ranges::any_of(inventory.left, [](const LeftKind& kind) {
    return kind.parameters > 0 && kind.bytes != 2 * kind.parameters;
  });
  return fmt::format("{} {}at 16 bits", bytes_text(2 * layer_parameters + inventory.left_bytes()),
                     others ? "with the layers " : "");
}

// "12 x gguf Q4_K, 3 x BF16; errors are against these, decoded: ..."
std::string stored_text(const ScreenContent& content) {
  Tally formats;
  for (const Tensor* tensor : content.inventory->layers)
    formats.add(tensor->dtype, printable(tensor->dtype), tensor->name);
  Lines parts;
  for (const Remark& format : formats.all())
    parts.push_back(fmt::format("{} x {}", format.subjects.size(), format.what));
  return fmt::format("{}; errors are against {}", first_few(parts, kFormats),
                     content.against.empty()
                         ? "these weights, decoded: a second rounding; --against ORIGINAL"
                         : fmt::format("{}: stored is the file alone, modes are on top",
                                       printable(content.against)));
}

}  // namespace

std::string layer_name(const Result& row) { return module_of(printable(row.tensor)); }

void add_lines(Lines& lines, const std::string& text) {
  for (std::size_t at = 0; at <= text.size();) {
    const std::size_t end = std::min(text.find('\n', at), text.size());
    lines.push_back(text.substr(at, end - at));
    at = end + 1;
  }
}

void add_labelled(Lines& lines, const std::string& label, const std::string& text,
                  std::size_t width) {
  add_lines(lines, pad(label, kLabel, false) + wrapped(text, width, kLabel));
}

std::string block_text(const Candidate& candidate) {
  return candidate.block_size == 0 ? "-" : block_size_name(candidate.block_size);
}

Lines header_lines(const ScreenContent& content, Length length) {
  const Inventory& inventory = *content.inventory;
  const double layers = inventory.layer_parameters - inventory.copied_parameters;
  Lines lines;
  add_labelled(
      lines, "model",
      fmt::format("{}: {} parameters, {}", printable(content.checkpoint),
                  count_text(layers + inventory.left_parameters()), size_text(inventory, layers)),
      content.width);
  if (!inventory.missing.empty()) add_labelled(lines, "without", inventory.missing, content.width);
  const std::size_t done = content.network->layers.size();
  add_labelled(lines, "quantized",
               fmt::format("{}, {} parameters (--tensors {}){}",
                           counted(std::ssize(inventory.layers), "layer"),
                           count_text(inventory.layer_parameters), name(content.scope),
                           done < content.layers
                               ? fmt::format("; interrupted: figures are of the first {}", done)
                               : ""),
               content.width);
  if (content.network->tells_stored)
    add_labelled(lines, "stored as", stored_text(content), content.width);
  if (!inventory.left.empty())
    add_labelled(lines, "left alone", left_text(inventory, length), content.width);
  return lines;
}

}  // namespace qbench
