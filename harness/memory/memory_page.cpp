// SPDX-License-Identifier: Apache-2.0
// Title, table, causes of the peaks, and by whose rules it was counted.
#include "harness/memory/memory_page.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <iterator>
#include <utility>
#include <vector>

#include "harness/explain/page.h"
#include "reports/text/text.h"
#include "suites/axis_values.h"

namespace qbench {
namespace {

struct Row {
  const Recipe* recipe;
  Estimate estimate;
};

constexpr std::size_t kIndent = 4;  // of the second and further lines of a paragraph

// "8.030 billion".
std::string many(double count) {
  return count < 1e9 ? fmt::format("{:.4g} million", count / 1e6)
                     : fmt::format("{:.3f} billion", count / 1e9);
}
std::string many(std::int64_t count) { return many(static_cast<double>(count)); }

class MemoryPage {
 public:
  MemoryPage(const ModelShape& shape, std::span<const Recipe> recipes, const Use& use,
             std::size_t width)
      : shape_(shape), use_(use), width_(width) {
    double most = 0;
    for (const Recipe& recipe : recipes) {
      rows_.push_back({&recipe, estimate(shape, recipe, use)});
      most = std::max(most, rows_.back().estimate.peak().bytes);
    }
    unit_ = unit_of(most);
  }

  std::string text() const {
    std::string text = title() + (use_.lora_rank ? training() : cache()) + header();
    for (const Row& row : rows_) text += line_of(row);
    return text + causes() + rules() + experts_note() + cards();
  }

 private:
  std::string size(double bytes) const { return amount(bytes, unit_); }

  std::string paragraph(std::string_view text) const {
    return wrapped(text, width_, kIndent) + "\n";
  }

  bool has_moments() const { return width_ >= kMemoryWidth; }

  // --- Title

  std::string title() const {
    const double share =
        100.0 * static_cast<double>(shape_.linear_params()) / static_cast<double>(shape_.params());
    std::string text =
        paragraph(fmt::format("{} ({}): {} parameters, {:.1f} % of them in linear layers",
                              printable(shape_.name), shape_.source, many(shape_.params()), share));
    if (shape_.layers)
      text += paragraph(fmt::format("{} of {}, MLP {}{}{}{}", counted(shape_.layers, "layer"),
                                    shape_.hidden, shape_.intermediate,
                                    shape_.experts ? " a token" : "", heads(), vocabulary()));
    text += experts();
    if (shape_.stored_bytes)
      text += fmt::format("the files hold {} {} of tensors\n",
                          size(static_cast<double>(shape_.stored_bytes)), unit_.name);
    if (!shape_.left_out.empty()) text += paragraph("not counted: " + printable(shape_.left_out));
    if (!shape_.at_odds.empty()) text += paragraph("at odds: " + printable(shape_.at_odds));
    return text;
  }

  std::string heads() const {
    if (shape_.heads == 0) return "";
    if (shape_.kv_heads == 0)
      return fmt::format(", {} of latent attention", counted(shape_.heads, "head"));
    return fmt::format(", {}, {} of keys and values", counted(shape_.heads, "head"),
                       shape_.kv_heads);
  }

  std::string vocabulary() const {
    if (shape_.vocab == 0) return "";
    return fmt::format(", vocabulary {}, {}", shape_.vocab,
                       shape_.tied ? "tied head" : "head of its own");
  }

  std::string experts() const {
    if (shape_.experts == 0) return "";
    std::string text = counted(shape_.experts, "expert") + " a layer";
    if (shape_.active_experts)
      text += fmt::format(", {} for a token, which goes through {} parameters",
                          shape_.active_experts, many(shape_.active_params()));
    return text + "\n";
  }

  // --- What it is used for

  std::string sequences() const {
    return fmt::format("{} of {}", counted(use_.batch, "sequence"), counted(use_.context, "token"));
  }

  std::string cache() const {
    const CacheShape& cache = shape_.cache;
    if (cache.elements == 0)
      return paragraph("KV cache: none, as far as what was read tells; activations of " +
                       sequences());
    const auto numbers = static_cast<double>(cache.elements * cache.layers);
    std::string text = fmt::format("KV cache in {}: {:.4g} kB a token, {} {} for {}",
                                   use_.cache.name, numbers * use_.cache.bits / 8 / 1e3,
                                   size(cache_bytes(cache, use_)), unit_.name, sequences());
    if (cache.windowed)
      text += fmt::format("; {} of {} layers keep the last {}", cache.windowed, cache.layers,
                          cache.window);
    return paragraph(text);
  }

  std::string training() const {
    const Training t = training_of(shape_, use_);
    const std::string text = fmt::format(
        "LoRA of rank {} on every linear layer, {}: {} parameters in f32; adapters {}, gradients "
        "{}, state of {} {} {}{}; beside quantized layers the rest is f32",
        use_.lora_rank, sequences(), many(t.params), size(t.adapters), size(t.gradients),
        use_.optimizer.name, size(t.state), unit_.name,
        use_.optimizer.paged ? ", in pages that may leave the GPU and are not in the table" : "");
    return paragraph(text);
  }

  // --- Table

  std::string header() const {
    return fmt::format("\n{:<14}bits/w weights  scales    rest{:>8} resident     peak{}  fits\n",
                       unit_.name, use_.lora_rank ? "LoRA" : "KV",
                       has_moments() ? fmt::format("  {:<15}", "at the peak") : "");
  }

  std::string line_of(const Row& row) const {
    const Estimate& e = row.estimate;
    const double kept = use_.lora_rank ? e.training.total(use_.optimizer) : e.cache;
    const Moment& peak = e.peak();
    return fmt::format("{:<12}{:>8.4f}{:>8}{:>8}{:>8}{:>8}{:>9}{:>9}{}  {}\n", row.recipe->name,
                       bits_per_weight(shape_, e.weights), size(e.weights.codes),
                       size(e.weights.scales), size(e.weights.rest), size(kept), size(e.resident),
                       size(peak.bytes), has_moments() ? fmt::format("  {:<15}", moment(peak)) : "",
                       card(peak.bytes));
  }

  std::string moment(const Moment& peak) const {
    return fmt::format("{} +{}", peak.name, size(peak.beside));
  }

  static std::string card(double bytes) {
    const Card* card = smallest_card(bytes);
    return card ? fmt::format("{} GB", card->gigabytes)
                : fmt::format("> {} GB", std::rbegin(kCards)->gigabytes);
  }

  // --- Causes and rules

  // Each once; with its modes where the table does not show which have it.
  std::string causes() const {
    std::vector<std::string> causes;
    for (const Row& row : rows_) add_once(causes, cause(row));
    std::string text = "\n";
    for (const std::string& each : causes)
      text += paragraph(has_moments() ? each : modes_of(each) + ", " + each);
    return text;
  }

  std::string cause(const Row& row) const {
    const Moment& peak = row.estimate.peak();
    return moment(peak) + ": " + peak.alive;
  }

  std::string modes_of(const std::string& a_cause) const {
    return names([&](const Row& row) { return cause(row) == a_cause; });
  }

  template <class Condition>
  std::string names(const Condition& condition) const {
    std::vector<std::string> names;
    for (const Row& row : rows_)
      if (condition(row)) names.push_back(row.recipe->name);
    return fmt::format("{}", fmt::join(names, " "));
  }

  std::string names_of_quantized(const Runtime& runtime) const {
    return names([&](const Row& row) {
      return row.recipe->runtime == &runtime && row.recipe->mode->quantized();
    });
  }

  std::string rules() const {
    std::vector<const Runtime*> runtimes;
    for (const Row& row : rows_)
      if (row.recipe->mode->quantized()) add_once(runtimes, row.recipe->runtime);
    std::string text;
    for (const Runtime* runtime : runtimes) {
      const bool mixed = runtime == &kLlamaCpp && why_no_mixes(shape_).empty();
      text += paragraph(fmt::format(
          "{}, by {}: {}{}", names_of_quantized(*runtime), runtime->name, runtime->leaves,
          runtime == &kLlamaCpp && !mixed
              ? fmt::format("; one type throughout, since its mixes are not known here: {}",
                            why_no_mixes(shape_))
              : ""));
    }
    return text;
  }

  // Says that bitsandbytes leaves experts at 16 bits, which it does not report itself.
  std::string experts_note() const {
    ModelShape kept = shape_;
    for (Part& part : kept.parts)
      if (part.expert) part.role = TensorRole::other;
    std::vector<std::string> sizes;
    for (const Row& row : rows_)
      if (row.recipe->runtime == &kBitsandbytes && row.recipe->mode->quantized())
        sizes.push_back(
            fmt::format("{} {}", row.recipe->name, size(weigh(kept, *row.recipe).total())));
    if (shape_.experts == 0 || sizes.empty()) return "";
    return paragraph(
        fmt::format("bitsandbytes leaves experts that are one 3-D parameter (gpt-oss, Llama 4, "
                    "transformers 5) at 16 bit without a word; weights are then {} {}",
                    fmt::join(sizes, ", "), unit_.name));
  }

  std::string cards() const {
    std::vector<std::string> names;
    for (const Card& card : kCards)
      names.push_back(fmt::format("{} {}", card.gigabytes, card.names));
    return paragraph(fmt::format("fits: the smallest of {}", fmt::join(names, "; "))) +
           paragraph(
               "GB are 10^9 bytes, counted and not measured, without a matrix of scores in "
               "attention. "
               "What CUDA's context and gaps of the allocator take, some 0.5 GB, is left to what "
               "cards have beyond their round figure");
  }

  const ModelShape& shape_;
  const Use& use_;
  std::vector<Row> rows_;
  std::size_t width_;
  ByteUnit unit_ = kGigabytes;
};

}  // namespace

std::string amount(double bytes, const ByteUnit& unit) {
  const double value = bytes / unit.bytes;
  return fmt::format("{:.{}f}", value, value < 10 ? 3 : value < 100 ? 2 : 1);
}

std::string memory_page(const ModelShape& shape, std::span<const Recipe> recipes, const Use& use,
                        std::size_t width) {
  return MemoryPage(shape, recipes, use, width).text();
}

}  // namespace qbench
