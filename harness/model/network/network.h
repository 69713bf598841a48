// SPDX-License-Identifier: Apache-2.0
// What the figures of a network's layers say together: of each mode, of the layers that are hurt,
// of a plan.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <vector>

#include "harness/model/budget/plan.h"
#include "harness/model/network/layer_figures.h"

namespace qbench {

struct Network {
  std::vector<Candidate> candidates;
  std::vector<LayerFigures> layers;
  double left_bytes = 0;  // of the tensors that are left alone
  // The file's own formats get a line: some tensors are quantized, or an original is compared.
  bool tells_stored = false;

  const Result& row(std::size_t layer, std::size_t candidate) const {
    return layers[layer].rows[candidate];
  }
  double parameters() const;  // of the layers
};

double bytes_of(const Result& row);     // codes, scales and zero points
double output_nmse(const Result& row);  // NaN where it is undefined

// Layers whose rows the candidate does not take.
std::size_t unfit_layers(const Network& network, std::size_t candidate);

// The figures of one mode used for all layers.
struct ModeFigures {
  Result total;
  double layer_bytes = 0;
  std::size_t worst = 0;  // the layer of the largest error of the weights
  std::size_t unfit = 0;  // layers whose rows it does not take: with any, no file has it
  bool on_front = false;  // no other mode of a file has as few bytes and as small an output error
};
std::vector<ModeFigures> modes_of(const Network& network);
// The same for the layers as the file stores them. Advice and plans never choose it.
ModeFigures stored_of(const Network& network);

// The candidate that advice is about. Among those that fit all layers (all, if none does) it is the
// one of the least output error at no more than kAdvisedBits, else the one of the fewest bits.
inline constexpr double kAdvisedBits = 5;
std::size_t advised(const std::vector<ModeFigures>& modes);

// A layer that a mode hurts, and the candidate of the fewest bytes that takes its rows and whose
// error of the outputs is no larger than the median of the other layers in that mode.
struct HurtLayer {
  std::size_t layer;
  double median;  // NMSE of the others
  std::optional<std::size_t> mended_by;
};
// The layers of the largest output error, at most `most`, the largest first.
std::vector<HurtLayer> worst_layers(const Network& network, std::size_t candidate,
                                    std::size_t most);

// For each candidate the number of layers in which its weights err least, among `rivals`.
std::vector<std::size_t> layers_won(const Network& network, const std::vector<std::size_t>& rivals);

// The rows of the input whose errors the planner sees: those that it chooses by, or those that it
// is checked on.
enum class Rows { chosen, checked };
// The layers as the planner takes them, by those rows.
std::vector<PlanLayer> plan_layers(const Network& network, Rows rows);

}  // namespace qbench
