// SPDX-License-Identifier: Apache-2.0
// Interprets the options of the verb convert.
#include <fmt/format.h>

#include <algorithm>
#include <iterator>

#include "harness/cli/option_texts.h"
#include "harness/convert/targets/target.h"
#include "suites/axes.h"

namespace qbench {
namespace {

const Target& target_of(const std::string& text) {
  const auto names = names_of(all_targets(), [](const Target* each) { return each->name; });
  if (text.empty())
    fail(fmt::format("convert: give --container {}, {} or {}", names[0], names[1], names[2]));
  const Target* target = find_target(text);
  if (target == nullptr) fail(unknown_name("container", text, names));
  return *target;
}

// One mode, or a plan in its place.
void check_modes(const RawOptions& raw, const Sweep& sweep) {
  const auto given = [&](std::string_view option) {
    return std::ranges::find(raw.given, option) != raw.given.end();
  };
  if (!raw.convert.plan.empty()) {
    for (const std::string_view option :
         {kModesOption, kBlockSizesOption, std::string_view("--tensors"),
          std::string_view("--exclude")})
      if (given(option)) fail(fmt::format("--plan has that of each tensor: leave out {}", option));
    return;
  }
  if (!given(kModesOption)) fail("convert: give the mode, as in --modes nf4, or a --plan FILE");
  if (sweep.modes.size() > 1 || sweep.block_sizes.size() > 1)
    fail("convert writes one mode at one block size: give one of --modes and of --block-sizes");
}

}  // namespace

ConvertOptions convert_options(const RawOptions& raw, const Sweep& sweep) {
  check_modes(raw, sweep);
  return {.out = raw.convert.out,
          .target = &target_of(raw.convert.container),
          .scope = scope_of(raw.tensors),
          .plan = raw.convert.plan};
}

}  // namespace qbench
