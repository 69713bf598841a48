// SPDX-License-Identifier: Apache-2.0
// The paragraphs of a mode's screen.
#include "harness/explain/explain.h"

#include <fmt/format.h>

#include "harness/explain/codec_text.h"
#include "harness/explain/example.h"
#include "harness/explain/format_text.h"
#include "harness/explain/page.h"
#include "harness/explain/quantizer_text.h"
#include "harness/explain/size_sum.h"

namespace qbench {
namespace {

void add_format(const Mode& mode, Page& page) {
  const Format& format = mode.format;
  page.add("codes", packing_text(format));
  page.add("levels", levels_text(format));
  if (format.quantized()) {
    const std::string others = block_sizes_text(mode);
    page.add("shared by",
             groups_text(format, mode.block_size) + (others.empty() ? "" : "; others: " + others));
    page.add("scale", number_text(format, format.scale));
  }
  if (format.zero != Zero::none)
    page.add(format.zero == Zero::point ? "point" : "minimum",
             format.zero_number == format.scale ? "as the scale"
                                                : number_text(format, format.zero_number));
  page.add("decoded", formula_text(format));
  if (format.activations)
    page.add(
        "products",
        fmt::format("activations are quantized too, each row to int8 by its largest magnitude, "
                    "but for columns with a magnitude of {:g} or more, which stay fp16",
                    format.activations->outlier_threshold));
}

void add_quantizer(const Mode& mode, Page& page) {
  if (!mode.quantized()) return;
  const SearchText search = search_text(mode);
  page.add("quantized", scales_found_text(mode));
  if (!search.finds_codes) page.add("", codes_found_text(mode));
}

}  // namespace

std::string explained(const Mode& mode) {
  Page page;
  page.add_title(fmt::format("{}: {}", mode.name, mode.summary));
  page.add("used by", fmt::format("{}; family {}", mode.used_by, mode.family));
  page.add("source", mode.source);
  add_format(mode, page);
  page.add("bits/param", size_sum(mode.format, mode.block_size).text);
  add_quantizer(mode, page);
  if (const std::string gguf = gguf_text(mode); !gguf.empty()) page.add("planes", gguf);
  add_example(mode, page);
  return page.text();
}

int explain(std::span<const Mode* const> modes) {
  for (const Mode* mode : modes)
    fmt::print("{}{}", mode == modes.front() ? "" : "\n", explained(*mode));
  return 0;
}

}  // namespace qbench
