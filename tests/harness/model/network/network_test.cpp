// SPDX-License-Identifier: Apache-2.0
// Figures of layers against those of sweeps, and what is said of all layers together.
#include "harness/model/network/network.h"

#include <cmath>

#include "harness/model/network/network_plan.h"
#include "reference/reference.h"
#include "tests/catch.h"
#include "tests/harness/model/network/networks.h"

namespace qbench {
namespace {

using namespace test;

Network measured(const Checkpoint& checkpoint, const std::vector<std::string>& modes,
                 const LayerInput& input = {}) {
  Network network{.candidates = candidates(modes), .layers = {}};
  LayerMeter meter(network.candidates, input, 1);
  for (const Tensor* tensor : take_inventory(checkpoint, Scope::linear, {}).layers)
    network.layers.push_back(meter.measure(*tensor));
  return network;
}

std::size_t index_of(const Network& network, const std::string& mode) {
  for (std::size_t i = 0; i < network.candidates.size(); ++i)
    if (network.candidates[i].mode->name == mode) return i;
  return network.candidates.size();
}

}  // namespace

TEST_CASE("errors of the weights are those of a sweep, to the bit") {
  const SmallNetwork file;
  const Checkpoint checkpoint({file.file()});
  const Network network = measured(checkpoint, {"nf4", "q4_k"});
  const Matrix w = to_matrix(*checkpoint.find("model.layers.1.mlp.up_proj.weight"));
  const Mode& nf4 = *find_mode("nf4");
  const QuantizedMatrix q = reference::quantize(nf4, nf4.block_size, w);
  const Result& row = network.row(1, 0);
  CHECK(row.weight_nmse == weight_error(w, q).nmse());
  CHECK(row.bits_per_param == q.bits_per_param());
  CHECK((row.mode == "nf4" && row.suite == "model" && row.m == 16));
  CHECK(row.tensor == "model.layers.1.mlp.up_proj.weight");
  CHECK(row.kurtosis > 5);
}

TEST_CASE("errors of the outputs are those of products in double") {
  const SmallNetwork file;
  const Checkpoint checkpoint({file.file()});
  const LayerInput input{.input = Input::outliers, .m = 8, .seed = 3, .check = true};
  const Network network = measured(checkpoint, {"int4"}, input);
  const Matrix w = to_matrix(*checkpoint.find("model.layers.0.mlp.up_proj.weight"));
  const Matrix x = make_activations(Input::outliers, 16, w.cols, 3);
  Matrix decoded(w.rows, w.cols);
  reference::dequantize(reference::quantize(*find_mode("int4"), 128, w), decoded);
  const DoubleMatrix exact = exact_matmul(x, w), y = exact_matmul(x, decoded);
  double error[2] = {}, signal[2] = {};
  for (std::int64_t i = 0; i < y.size(); ++i) {
    const auto at = static_cast<std::size_t>(i);
    error[i / (y.size() / 2)] += std::pow(y.values[at] - exact.values[at], 2);
    signal[i / (y.size() / 2)] += std::pow(exact.values[at], 2);
  }
  CHECK(output_nmse(network.row(0, 0)) == Approx(error[0] / signal[0]).epsilon(1e-5));
  CHECK(network.layers[0].checked.at(0) == Approx(error[1] / signal[1]).epsilon(1e-5));
}

TEST_CASE("a mode has the mean of its layers' errors, the sum of their bytes and its worst layer") {
  const SmallNetwork file;
  const Checkpoint checkpoint({file.file()});
  const Network network = measured(checkpoint, {"bf16", "nf4", "fp4", "q4_k"});
  const std::vector<ModeFigures> modes = modes_of(network);
  double nmse = 0, bytes = 0;
  for (std::size_t layer = 0; layer < 4; ++layer) {
    nmse += *network.row(layer, 1).weight_nmse / 4;
    bytes += bytes_of(network.row(layer, 1));
  }
  CHECK(*modes[1].total.weight_nmse == Approx(nmse));
  CHECK(modes[1].layer_bytes == bytes);
  CHECK(modes[1].worst == 1);
  CHECK(modes[0].on_front);
  CHECK(modes[3].on_front);
  CHECK_FALSE(modes[2].on_front);  // fp4 has nf4's bytes and a larger error
  CHECK(advised(modes) == 3);
}

TEST_CASE("a layer that is hurt is mended by the smallest mode that brings it to the others") {
  const SmallNetwork file;
  const Checkpoint checkpoint({file.file()});
  const Network network = measured(checkpoint, {"bf16", "int8-sym", "q6_k", "int4"});
  const std::size_t int4 = index_of(network, "int4");
  const std::vector<HurtLayer> hurt = worst_layers(network, int4, 2);
  REQUIRE(hurt.size() == 2);
  CHECK(hurt[0].layer == 1);
  std::vector<double> others;
  for (const std::size_t layer : {0, 2, 3}) others.push_back(output_nmse(network.row(layer, int4)));
  std::ranges::sort(others);
  CHECK(hurt[0].median == others[1]);
  CHECK(hurt[0].mended_by == index_of(network, "q6_k"));
}

TEST_CASE("every layer is won by one of the rivals") {
  const SmallNetwork file;
  const Checkpoint checkpoint({file.file()});
  const Network network = measured(checkpoint, {"nf4", "fp4", "int8"});
  CHECK(layers_won(network, {0, 1}) == std::vector<std::size_t>{4, 0, 0});
}

TEST_CASE("a plan within a budget of bits is no worse than the best mode throughout") {
  const SmallNetwork file;
  const Checkpoint checkpoint({file.file()});
  const Network network =
      measured(checkpoint, {"nf4", "nf4-dq", "int4", "q6_k", "q2_k"}, {.check = true});
  const Inventory inventory = take_inventory(checkpoint, Scope::linear, {});
  const std::int64_t budget = budget_bytes(inventory, 4.5, std::nullopt);
  CHECK(budget == static_cast<std::int64_t>(4.5 / 8 * 4 * 96 * 256));
  const NetworkPlan plan = plan_network(network, budget);
  CHECK(plan.plan.bytes <= budget);
  CHECK(plan.bound <= plan.error.predicted);
  REQUIRE(plan.uniform);
  CHECK(plan.error.predicted <= plan.uniform_error.predicted);
  CHECK(plan.error.checked == Approx(plan.error.predicted).epsilon(0.2));
  CHECK(plan.error.checked != plan.error.predicted);
}

TEST_CASE("a budget beyond reach names the least, before any work and after") {
  const SmallNetwork file;
  const Checkpoint checkpoint({file.file()});
  const Inventory inventory = take_inventory(checkpoint, Scope::linear, {});
  const auto modes = candidates({"nf4", "int4"});
  const std::int64_t budget = budget_bytes(inventory, 4, std::nullopt);
  CHECK_THROWS_WITH(check_reachable(inventory, modes, budget), ContainsSubstring("--bits 4.1563"));
  CHECK_NOTHROW(check_reachable(inventory, modes, budget_bytes(inventory, 4.1563, std::nullopt)));
  const std::int64_t memory = budget_bytes(inventory, std::nullopt, 100000.0);
  CHECK(memory == 100000 - static_cast<std::int64_t>(inventory.left_bytes()));
}

TEST_CASE("a layer without any defined error has no plan, and is named") {
  std::vector<NamedMatrix> tensors = small_network();
  for (float& value : tensors[2].values.values) value = HUGE_VALF;
  const SmallNetwork file(tensors);
  const Checkpoint checkpoint({file.file()});
  const Network network = measured(checkpoint, {"nf4", "int4"}, {.check = true});
  CHECK_THROWS_WITH(plan_network(network, 1 << 30),
                    ContainsSubstring("model.layers.1.mlp.up_proj"));
}

TEST_CASE("a mode whose blocks do not fill the rows of a layer is neither advised nor mends it") {
  std::vector<NamedMatrix> tensors = small_network();
  for (NamedMatrix& each : tensors)
    if (each.name.find(".1.") != std::string::npos)
      each.values = make_weights(Input::outliers, 96, 384, 2);
  const SmallNetwork file(tensors);
  const Checkpoint checkpoint({file.file()});
  const Network network = measured(checkpoint, {"bf16", "nf4", "q4_k", "q6_k"});
  const std::vector<ModeFigures> modes = modes_of(network);
  CHECK((modes[1].unfit == 0 && modes[2].unfit == 1 && modes[3].unfit == 1));
  CHECK((modes[1].on_front && !modes[2].on_front && !modes[3].on_front));
  CHECK(advised(modes) == 1);
  const HurtLayer hurt = worst_layers(network, 1, 1).front();
  CHECK((hurt.layer == 1 && hurt.mended_by == index_of(network, "bf16")));
}

}  // namespace qbench
