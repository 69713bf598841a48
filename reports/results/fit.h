// SPDX-License-Identifier: Apache-2.0
// Fits sections to the width of a table.
#pragma once

#include <cstddef>
#include <map>
#include <string>
#include <vector>

#include "reports/results/sections.h"

namespace qbench {

// Widths keyed by column heading, the same in all sections.
using Widths = std::map<std::string, std::size_t>;
Widths widths_of(const std::vector<Section>& sections);
std::size_t width_of(const SectionColumn& column, const Widths& widths);

// Shortens names, then removes columns of figures from all sections alike, in the order of
// Column::keep, until every line fits. Returns the removed columns in their original order.
std::vector<std::string> fit(std::vector<Section>& sections, std::size_t width);

}  // namespace qbench
