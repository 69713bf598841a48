// SPDX-License-Identifier: Apache-2.0
// Sums and comparisons over the layers of a network.
#include "harness/model/network/network.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>
#include <tuple>

#include "harness/model/budget/pareto.h"
#include "reports/summaries/total.h"

namespace qbench {
namespace {

constexpr double kNaN = std::numeric_limits<double>::quiet_NaN();

double parameters_of(const Result& row) {
  return static_cast<double>(*row.n) * static_cast<double>(*row.k);
}

// Makes an undefined error the largest, for comparisons.
double or_infinite(double error) {
  return std::isfinite(error) ? error : std::numeric_limits<double>::infinity();
}

double weight_nmse(const Result& row) { return or_infinite(row.weight_nmse.value_or(kNaN)); }

// row(layer) is that of the mode.
template <class Row>
ModeFigures figures_of(const Network& network, const Row& row) {
  std::vector<const Result*> rows;
  ModeFigures mode;
  for (std::size_t layer = 0; layer < network.layers.size(); ++layer) {
    rows.push_back(&row(layer));
    mode.layer_bytes += bytes_of(*rows.back());
    if (weight_nmse(*rows.back()) > weight_nmse(*rows[mode.worst])) mode.worst = layer;
  }
  mode.total = total_of(rows);
  return mode;
}

double median(std::vector<double> values) {
  if (values.empty()) return kNaN;
  const auto middle = values.begin() + static_cast<std::ptrdiff_t>(values.size() / 2);
  std::ranges::nth_element(values, middle);
  if (values.size() % 2 == 1) return *middle;
  return (*middle + *std::max_element(values.begin(), middle)) / 2;
}

double median_of_others(const Network& network, std::size_t candidate, std::size_t left_out) {
  std::vector<double> errors;
  for (std::size_t layer = 0; layer < network.layers.size(); ++layer)
    if (const double error = output_nmse(network.row(layer, candidate));
        layer != left_out && std::isfinite(error))
      errors.push_back(error);
  return median(std::move(errors));
}

std::optional<std::size_t> cheapest_below(const Network& network, std::size_t layer, double error) {
  std::optional<std::size_t> best;
  for (std::size_t i = 0; i < network.candidates.size(); ++i) {
    const Result& row = network.row(layer, i);
    if (!(output_nmse(row) <= error) || !takes_rows(network.candidates[i], *row.k)) continue;
    if (!best || bytes_of(row) < bytes_of(network.row(layer, *best))) best = i;
  }
  return best;
}

}  // namespace

double Network::parameters() const {
  double sum = 0;
  for (const LayerFigures& layer : layers) sum += parameters_of(layer.rows.front());
  return sum;
}

double bytes_of(const Result& row) { return *row.weight_bytes + *row.scale_bytes; }

double output_nmse(const Result& row) { return row.output_nmse.value_or(kNaN); }

std::size_t unfit_layers(const Network& network, std::size_t candidate) {
  return static_cast<std::size_t>(
      std::ranges::count_if(network.layers, [&](const LayerFigures& layer) {
        return !takes_rows(network.candidates[candidate], *layer.rows[candidate].k);
      }));
}

std::vector<ModeFigures> modes_of(const Network& network) {
  std::vector<ModeFigures> modes;
  std::vector<Choice> choices;
  for (std::size_t i = 0; i < network.candidates.size(); ++i) {
    modes.push_back(figures_of(
        network, [&](std::size_t layer) -> const Result& { return network.row(layer, i); }));
    ModeFigures& mode = modes.back();
    mode.unfit = unfit_layers(network, i);
    choices.push_back({static_cast<std::int64_t>(mode.layer_bytes),
                       mode.unfit == 0 ? output_nmse(mode.total) : kNaN});
  }
  const std::vector<bool> front = pareto_front(choices);
  for (std::size_t i = 0; i < modes.size(); ++i) modes[i].on_front = front[i];
  return modes;
}

ModeFigures stored_of(const Network& network) {
  return figures_of(
      network, [&](std::size_t layer) -> const Result& { return network.layers[layer].stored; });
}

std::size_t advised(const std::vector<ModeFigures>& modes) {
  const auto rank = [&](const ModeFigures& mode) {
    const double bits = *mode.total.bits_per_param;
    const bool small = bits <= kAdvisedBits;
    return std::tuple(mode.unfit > 0, !small, small ? or_infinite(output_nmse(mode.total)) : bits);
  };
  return static_cast<std::size_t>(std::ranges::min_element(modes, {}, rank) - modes.begin());
}

std::vector<HurtLayer> worst_layers(const Network& network, std::size_t candidate,
                                    std::size_t most) {
  std::vector<std::size_t> order(network.layers.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  std::ranges::stable_sort(order, std::ranges::greater(), [&](std::size_t layer) {
    return or_infinite(output_nmse(network.row(layer, candidate)));
  });
  order.resize(std::min(order.size(), most));
  std::vector<HurtLayer> hurt;
  for (const std::size_t layer : order) {
    const double others = median_of_others(network, candidate, layer);
    hurt.push_back({layer, others, cheapest_below(network, layer, others)});
  }
  return hurt;
}

std::vector<std::size_t> layers_won(const Network& network,
                                    const std::vector<std::size_t>& rivals) {
  std::vector<std::size_t> won(network.candidates.size(), 0);
  for (std::size_t layer = 0; layer < network.layers.size(); ++layer)
    ++won[*std::ranges::min_element(
        rivals, {}, [&](std::size_t i) { return weight_nmse(network.row(layer, i)); })];
  return won;
}

std::vector<PlanLayer> plan_layers(const Network& network, Rows rows) {
  std::vector<PlanLayer> layers;
  for (const LayerFigures& figures : network.layers) {
    PlanLayer& layer = layers.emplace_back();
    layer.parameters = parameters_of(figures.rows.front());
    for (std::size_t i = 0; i < figures.rows.size(); ++i) {
      const Result& row = figures.rows[i];
      const double error = rows == Rows::chosen ? output_nmse(row) : figures.checked[i];
      layer.choices.push_back({static_cast<std::int64_t>(bytes_of(row)),
                               takes_rows(network.candidates[i], *row.k) ? error : kNaN});
    }
  }
  return layers;
}

}  // namespace qbench
