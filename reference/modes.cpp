// SPDX-License-Identifier: Apache-2.0
// The table of modes. To add one: its header in modes/, and a line here.
#include <algorithm>
#include <array>

#include "reference/mode.h"
#include "reference/modes/fp4.h"
#include "reference/modes/int4.h"
#include "reference/modes/int8.h"
#include "reference/modes/mxfp4.h"
#include "reference/modes/nf4.h"
#include "reference/modes/plain.h"

namespace qbench {
namespace {

constexpr std::array kModes = {
    &kFp32, &kFp16, &kBf16, &kNf4, &kNf4Dq, &kFp4, &kFp4Dq, &kInt8, &kInt4, &kMxfp4,
};

}  // namespace

std::span<const Mode* const> all_modes() { return kModes; }

const Mode* find_mode(std::string_view name) {
  const auto found = std::ranges::find(kModes, name, &Mode::name);
  return found == kModes.end() ? nullptr : *found;
}

bool Mode::allows(int size) const {
  return block_sizes.empty() ? size == 0
                             : std::ranges::find(block_sizes, size) != block_sizes.end();
}

}  // namespace qbench
