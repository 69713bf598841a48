// SPDX-License-Identifier: Apache-2.0
// Figures that others published, reproduced.
#include "harness/memory/published.h"

#include <cmath>
#include <sstream>

#include "harness/memory/memory_page.h"
#include "tests/catch.h"

namespace qbench {

TEST_CASE("LitGPT's seven figures of Falcon-7B are within 1 percent, each with its cause") {
  CHECK(litgpt_figures().size() == 7);
  for (const LitgptFigure& figure : litgpt_figures()) {
    CAPTURE(figure.mode);
    const Estimate e = estimate_of(figure);
    CHECK(std::abs(e.peak().bytes / 1e9 / figure.gigabytes - 1) < 0.01);
    CHECK(!e.peak().alive.empty());
  }
}

TEST_CASE("what is quantized peaks 1.18 GB over its weights, by copies of the head") {
  for (const LitgptFigure& figure : litgpt_figures()) {
    if (!find_mode(figure.mode)->quantized()) continue;
    CAPTURE(figure.mode);
    const Moment peak = estimate_of(figure).peak();
    CHECK(peak.beside / 1e9 == Approx(1.182).margin(0.001));
    CHECK_THAT(peak.alive, ContainsSubstring("lm_head"));
    CHECK((peak.name == "load") == (figure.mode == "int8"));
  }
}

TEST_CASE("llama.cpp's bits per weight are met to four digits, and its GiB within 0.01") {
  const ModelShape shape = shape_of(*find_model("llama-3-8b"));
  int bits = 0, sizes = 0;
  for (const LlamaCppFigure& figure : llama_cpp_figures()) {
    CAPTURE(figure.type);
    const std::string names[] = {std::string(figure.type)};
    const ModelWeights weights = weigh(shape, recipes_of(names, shape).front());
    if (figure.bits_per_weight > 0 && ++bits)
      CHECK(std::abs(bits_per_weight(shape, weights) - figure.bits_per_weight) <= 0.00005);
    if (figure.gibibytes > 0 && ++sizes)
      CHECK(std::abs(file_gibibytes(weights) - figure.gibibytes) <= 0.01);
  }
  CHECK(bits == 12);
  CHECK(sizes == 14);
}

TEST_CASE("QLoRA's 3 GB are 3.02") {
  CHECK(saved_by_double_quantization() == Approx(3.020).margin(0.0005));
}

TEST_CASE("the page of published figures is one screen") {
  std::istringstream page(published_page());
  int lines = 0;
  for (std::string line; std::getline(page, line); ++lines) {
    CAPTURE(line);
    CHECK(line.size() <= kMemoryWidth);
  }
  CHECK(lines <= 40);
  CHECK_THAT(published_page(), ContainsSubstring("here 3.02"));
}

}  // namespace qbench
