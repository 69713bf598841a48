// SPDX-License-Identifier: Apache-2.0
// Names that people give to modes elsewhere, and names that are mistyped.
#include "suites/unknown_mode.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>

#include "suites/axis_values.h"
#include "suites/mode_sets.h"
#include "suites/names.h"

namespace qbench {
namespace {

// Names of methods and software, and the modes that have what they make.
struct OtherName {
  std::string_view name;
  std::string_view modes;  // separated by commas
};
constexpr OtherName kOtherNames[] = {{"awq", "int4"},
                                     {"gptq", "int4,int4-ct"},
                                     {"marlin", "int4-ct"},
                                     {"hqq", "int4-hqq"},
                                     {"qlora", "nf4-dq"},
                                     {"bitnet", "b1.58"},
                                     {"llm.int8", "int8"},
                                     {"fp4-e2m1", "mxfp4,nvfp4"},
                                     {"int8-mse", "int8-asym-mse,int8-sym-mse"},
                                     {"int8-hqq", "int8-asym-hqq"}};

Names elsewhere(std::string_view typed) {
  const auto found = std::ranges::find(kOtherNames, typed, &OtherName::name);
  return found == std::end(kOtherNames) ? Names{} : split_list("modes", std::string(found->modes));
}

// True if a part of a name says what the mode has anyway: its float, its scale rule, its zero
// points, what shares a scale, or its source.
bool goes_without_saying(const std::string& part, const Mode& mode) {
  const Format& format = mode.format;
  if (const auto* codec = std::get_if<SmallFloat>(&format.codec);
      codec && part == fmt::format("e{}m{}", codec->exponent_bits, codec->mantissa_bits))
    return true;
  const bool searched = !std::holds_alternative<std::monostate>(mode.quantizer.search);
  if (part == "floor")
    return std::holds_alternative<PowerOfTwo>(format.scale.storage.codec) && !searched &&
           mode.quantizer.exponent == Exponent::floor;
  if (part == "asym") return format.zero == Zero::point;
  if (part == "tensor") return format.granularity == Granularity::tensor;
  return part.size() > 2 && lowered(mode.source).find(part) != std::string::npos;
}

// The mode whose name this is but for parts that go without saying, each after a '-'.
const Mode* spelled_out(const std::string& typed) {
  for (std::size_t dash = typed.find('-'); dash != typed.npos; dash = typed.find('-', dash + 1)) {
    const std::size_t end = std::min(typed.find('-', dash + 1), typed.size());
    const std::string rest = typed.substr(0, dash) + typed.substr(end);
    const Mode* mode = find_mode(rest);
    if (mode == nullptr) mode = spelled_out(rest);
    if (mode && goes_without_saying(typed.substr(dash + 1, end - dash - 1), *mode)) return mode;
  }
  return nullptr;
}

constexpr std::string_view kDigits = "0123456789";

// The first digit of a name, which says how wide its codes are; 0 where there is none.
char width_in(std::string_view name) {
  const std::size_t at = name.find_first_of(kDigits);
  return at == name.npos ? '\0' : name[at];
}

// The modes whose names differ from this one in that digit alone.
Names of_other_widths(const std::string& typed) {
  const std::size_t at = typed.find_first_of(kDigits);
  Names out;
  if (at == typed.npos) return out;
  for (std::string name = typed; const char digit : kDigits)
    if (name[at] = digit; const Mode* mode = find_mode(name)) out.emplace_back(mode->name);
  return out;
}

// The nearest name of a mode or a set of modes, if it is near and names no other width.
std::string near(std::string_view typed) {
  Names known = names_of(all_modes(), [](const Mode* mode) { return mode->name; });
  for (const ModeSet& set : mode_sets()) add_once(known, set.name);
  const char width = width_in(typed);
  std::erase_if(
      known, [width](const std::string& name) { return width != '\0' && width_in(name) != width; });
  if (typed.empty() || known.empty()) return "";
  const std::string& nearest = nearest_name(typed, known);
  return is_near(typed, nearest) ? nearest : "";
}

}  // namespace

std::string unknown_mode(std::string_view typed) {
  const std::string name = lowered(typed);
  Names meant = elsewhere(name);
  if (const Mode* mode = spelled_out(name); mode && meant.empty()) meant.emplace_back(mode->name);
  if (const std::string nearest = near(name); !nearest.empty() && meant.empty())
    meant.push_back(nearest);
  if (!meant.empty())
    return fmt::format("unknown mode '{}': did you mean '{}'?", typed, fmt::join(meant, "' or '"));
  if (const Names others = of_other_widths(name); !others.empty())
    return fmt::format("unknown mode '{}': there {} {}", typed, others.size() == 1 ? "is" : "are",
                       fmt::join(others, ", "));
  return fmt::format("unknown mode '{}': --list modes shows all", typed);
}

std::string unmatched_modes(std::string_view pattern) {
  std::string letters(pattern);
  std::erase_if(letters, [](char c) { return c == '*' || c == '?'; });
  const std::string nearest = near(letters);
  return fmt::format("no mode matches '{}': {}--list modes shows all", pattern,
                     nearest.empty() ? "" : fmt::format("the nearest is '{}', and ", nearest));
}

}  // namespace qbench
