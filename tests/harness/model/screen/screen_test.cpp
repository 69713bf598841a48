// SPDX-License-Identifier: Apache-2.0
// The screen keeps to its size with any number of modes, and says what the figures say.
#include "harness/model/screen/screen.h"

#include <sstream>

#include "harness/model/screen/columns.h"
#include "reports/text/text.h"
#include "tests/catch.h"
#include "tests/harness/model/network/networks.h"

namespace qbench {
namespace {

using namespace test;

std::vector<std::string> lines_of(const std::string& text) {
  std::vector<std::string> lines;
  std::istringstream stream(text);
  for (std::string line; std::getline(stream, line);) lines.push_back(line);
  return lines;
}

// A network with its screen's content.
class Screen {
 public:
  Screen(const std::vector<std::string>& modes, std::vector<int> block_sizes = {},
         bool planned = false, const std::vector<NamedMatrix>& tensors = small_network())
      : blocks_asked_(!block_sizes.empty()),
        file_(tensors),
        checkpoint_({file_.file()}),
        inventory_(take_inventory(checkpoint_, Scope::linear, {})) {
    Sweep sweep;
    sweep.modes = qbench::modes_of(modes);
    sweep.block_sizes = std::move(block_sizes);
    std::vector<std::string> left_out;
    network_.candidates = candidates_of(sweep, left_out);
    network_.left_bytes = inventory_.left_bytes();
    LayerMeter meter(network_.candidates, {.check = planned}, 1);
    for (const Tensor* tensor : inventory_.layers)
      network_.layers.push_back(meter.measure(*tensor));
    if (planned) plan_ = plan_network(network_, budget_bytes(inventory_, 4.5, std::nullopt));
  }
  ScreenContent content() const {
    return {.checkpoint = "MODEL",
            .inventory = &inventory_,
            .network = &network_,
            .scope = Scope::linear,
            .input = {},
            .plan = plan_,
            .asked = "--bits 4.5",
            .blocks_asked = blocks_asked_,
            .layers = inventory_.layers.size()};
  }
  std::string text() const { return screen_text(content()); }

 private:
  bool blocks_asked_;
  SmallNetwork file_;
  Checkpoint checkpoint_;
  Inventory inventory_;
  Network network_;
  std::optional<NetworkPlan> plan_;
};

void check_size(const std::string& text, std::size_t width = kScreenWidth) {
  CAPTURE(text);
  const std::vector<std::string> lines = lines_of(text);
  CHECK(lines.size() <= kScreenLines);
  for (const std::string& line : lines) CHECK(display_width(line) <= width);
}

// Twelve layers of a name of some length, whose rows are no whole blocks of 256.
std::vector<NamedMatrix> odd_network() {
  std::vector<NamedMatrix> tensors = small_network();
  std::erase_if(tensors, [](const NamedMatrix& each) { return each.values.cols == 256; });
  for (int layer = 0; layer < 12; ++layer)
    tensors.push_back({"model.layers." + std::to_string(layer) + ".self_attn.q_proj.weight",
                       make_weights(Input::normal, 96, 384, static_cast<std::uint64_t>(layer))});
  return tensors;
}

bool has(const std::string& text, const std::string& part) { return text.find(part) != text.npos; }

}  // namespace

TEST_CASE("the screen has at most 100 columns and 40 lines") {
  check_size(Screen({"common"}).text());
  check_size(Screen({"4bit", "8bit", "common"}, {}, true).text());
  check_size(Screen({"nf4", "int4"}, {32, 64, 128, 256}, true).text());
}

TEST_CASE("ten modes and ten worst layers are on the screen, with and without a plan") {
  for (const bool planned : {false, true}) {
    const std::string text = Screen({"common"}, {}, planned, odd_network()).text();
    check_size(text);
    CHECK_FALSE(has(text, "more modes"));
    for (const std::string_view mode : kCommonModes)
      CHECK(has(text, "  " + std::string(mode) + "  "));
    const std::string worst = text.substr(text.find("Worst layers"));
    CHECK(std::ranges::count(lines_of(worst.substr(0, worst.find("\n\n"))), true,
                             [](const std::string& line) { return has(line, "q_proj"); }) == 10);
  }
}

TEST_CASE("modes that no file can have are marked, not advised, and told beside a plan") {
  const std::string unfit =
      "q4_k, q6_k in the 12 of 12 layers whose rows are not whole blocks of 256";
  const std::string plain = Screen({"common"}, {}, false, odd_network()).text();
  CAPTURE(plain);
  CHECK(has(plain, "\n!  q4_k"));
  CHECK(has(plain, "; ! in no GGUF file"));
  CHECK(has(plain, "in no file: " + unfit));
  CHECK_FALSE(has(plain.substr(plain.find("Worst layers")), "q6_k ("));
  CHECK(has(Screen({"common"}, {}, true, odd_network()).text(), "not planned " + unfit));
  const std::string none = Screen({"q4_k"}, {}, false, odd_network()).text();
  CAPTURE(none);
  CHECK(has(none, "none of these modes takes the rows of every layer"));
  CHECK_FALSE(has(none, "--bits"));
}

TEST_CASE("what mends a layer is told where there is another mode and another layer") {
  CHECK(has(Screen({"nf4", "int8"}).text(), "mended by"));
  CHECK_FALSE(has(Screen({"nf4"}).text(), "mended by"));
  const std::vector<NamedMatrix> one = {small_network()[1]};
  const std::string text = Screen({"nf4", "int8"}, {}, false, one).text();
  CHECK(has(text, "Worst layers in nf4 by output\n"));
}

TEST_CASE("errors of 0 are exact, without decibels") {
  const std::string text = Screen({"fp32"}).text();
  CHECK(has(text, "(others' median exact)"));
  CHECK_FALSE(has(text, "exact dB"));
}

TEST_CASE("programs that take plans are named with the modes that they take") {
  CHECK(has(Screen({"nf4", "int8"}).text(), "bitsandbytes (nf4,bf16)"));
  CHECK(has(Screen({"nf4", "int8"}, {}, true).text(), "the plan: --plan json; with --modes of"));
}

TEST_CASE("marks and layers won take more lines on a narrower screen") {
  const Screen screen({"int4", "int4-mse", "int8", "int3", "int2", "nf4", "fp4", "nf3"},
                      {32, 64, 128});
  ScreenContent content = screen.content();
  content.width = 80;
  const std::string text = screen_text(content);
  CHECK(has(text, "--report totals"));
  CHECK(has(text, "layers won at block 32: int4 "));
  check_size(text, 80);
}

TEST_CASE("the screen names what was left alone, the worst layer and what mends it") {
  const std::string text = Screen({"common"}).text();
  CAPTURE(text);
  CHECK(has(text, "4 layers, 98304 parameters (--tensors linear)"));
  CHECK(has(text, "1 x embedding (model.embed_tokens.weight)"));
  CHECK(has(text, "Worst layers in q4_k"));
  CHECK(has(text, "model.layers.1.mlp.up_proj"));
}

TEST_CASE("modes that share block sizes are compared by the layers that they win") {
  const std::string text = Screen({"int4", "nf4"}, {32, 128}).text();
  CHECK(has(text, "layers won at block 32: int4 "));
  CHECK(has(text, "layers won at block 128: int4 "));
}

TEST_CASE("the screen of a plan has prediction, check and the best mode throughout") {
  const std::string text = Screen({"nf4", "int4", "q6_k", "q2_k"}, {}, true).text();
  CAPTURE(text);
  CHECK(has(text, "--bits 4.5: "));
  CHECK(has(text, "checked on other rows"));
  CHECK(has(text, "the best within the budget is nf4"));
}

TEST_CASE("the list of layers has all of them, in the columns that there are") {
  const Screen screen({"common"}, {}, false);
  const std::string narrow = layer_list(screen.content(), 90);
  CAPTURE(narrow);
  for (const std::string& line : lines_of(narrow)) CHECK(display_width(line) <= 90);
  CHECK(has(narrow, "more modes ("));
  CHECK(lines_of(layer_list(screen.content(), 300)).size() == 6);
}

TEST_CASE("columns are as wide as their widest cell") {
  const std::string name = "encoder.layer.11.attention.self.query";
  const std::vector<Cells> rows = {{"a", "bb", ""}, {name, "d", "e"}};
  CHECK(in_columns(rows, "lrl", 80)[1] == name + "   d  e");
  CHECK(in_columns(rows, "srl", 37)[0] == "a" + std::string(29, ' ') + "  bb");
  CHECK(in_columns(rows, "srl", 37)[1] == "...yer.11.attention.self.query   d  e");
  CHECK(in_columns(rows, "srl", 10)[1].size() == 12 + 2 + 2 + 2 + 1);
}

TEST_CASE("a name that is shortened keeps its end and the numbers that tell it from others") {
  const std::string name = "model.language_model.layers.10.mlp.experts.37.down_proj";
  CHECK(shortened_name(name, 100) == name);
  CHECK(shortened_name(name, 40) == "...el.layers.10.mlp.experts.37.down_proj");
  CHECK(shortened_name(name, 30) == "...10.mlp.experts.37.down_proj");
  CHECK(shortened_name(name, 18) == "10....37.down_proj");
  CHECK(shortened_name("blocks.3.attn.in_proj", 16) == "3...attn.in_proj");
}

}  // namespace qbench
