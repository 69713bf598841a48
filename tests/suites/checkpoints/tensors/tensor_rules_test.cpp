// SPDX-License-Identifier: Apache-2.0
// Rules that leave tensors out or say how they are taken; none may be without effect.
#include "suites/checkpoints/tensors/tensor_rules.h"

#include <stdexcept>

#include "tests/catch.h"
#include "tests/suites/checkpoints/checkpoints.h"

using namespace qbench;
using namespace qbench::test;

namespace {

// GPT-2's names and a stack of experts.
struct ModelFolder : TestFolder {
  ModelFolder() {
    write("m.safetensors", f32_file_of({{"wte.weight", {7, 4}},
                                        {"h.0.attn.c_attn.weight", {4, 12}},
                                        {"h.0.attn.c_attn.bias", {12}},
                                        {"h.0.experts.up", {2, 3, 40}},
                                        {"h.0.conv.weight", {4, 1, 40}},
                                        {"ln_f.weight", {4}}}));
  }
  std::string file() const { return *this / "m.safetensors"; }
};

TensorRules layouts(const std::vector<std::string>& texts) {
  TensorRules rules;
  for (const std::string& text : texts) rules.layouts.push_back(parse_layout_rule(text));
  return rules;
}

std::string layout_error(const std::string& text) {
  try {
    parse_layout_rule(text);
  } catch (const std::invalid_argument& error) {
    return error.what();
  }
  return "";
}

}  // namespace

TEST_CASE("rules leave out by part, rank and name") {
  const ModelFolder model;
  CHECK(names(model.file(), {.linear_only = true}) ==
        "h.0.attn.c_attn.weight h.0.experts.up h.0.conv.weight ");
  CHECK(names(model.file(), {.min_rank = 1}).find("ln_f.weight") != std::string::npos);
  CHECK(names(model.file(), {.min_rank = 2}) ==
        "wte.weight h.0.attn.c_attn.weight h.0.experts.up h.0.conv.weight ");
  CHECK(names(model.file(), {.min_rank = 3}) == "h.0.experts.up h.0.conv.weight ");
  CHECK(names(model.file(), {.exclude = {"bias$", "^ln|^wte"}, .min_rank = 2}) ==
        "h.0.attn.c_attn.weight h.0.experts.up h.0.conv.weight ");
}

TEST_CASE("where nothing is left the error says which rule dropped what") {
  const ModelFolder model;
  check_error(
      model.file() + ":c_attn",
      {"m.safetensors: no tensor is left: --exclude 'weight' drops 1, --min-rank 2 drops 1"},
      {.exclude = {"weight"}, .min_rank = 2});
  // The first rule that drops a tensor counts it.
  check_error(model.file() + ":ln_f|wte", {"no tensor is left: --tensors linear drops 2"},
              {.linear_only = true, .min_rank = 2});
  AppliedRules applied({.linear_only = true, .min_rank = 2});
  std::vector<Tensor> tensors(1);
  applied.apply(tensors);
  CHECK(tensors.empty());
  CHECK(applied.dropped() == "--tensors linear drops 1");
  // A tensor that two exclusions match is dropped once.
  check_error(model.file(), {"left: --exclude 'ln_f' drops 1, --exclude '.' drops 5"},
              {.exclude = {"ln_f", "."}});
}

TEST_CASE("an exclusion that drops nothing or cannot be read is an error") {
  const ModelFolder model;
  check_error(model.file(),
              {"--exclude 'lm_head' matches no tensor: the file has e.g. 'wte.weight', "
               "'h.0.attn.c_attn.weight' and 'h.0.attn.c_attn.bias'"},
              {.exclude = {"wte", "lm_head"}});
  check_error(model.file() + ":ln_f", {"--exclude 'wte' matches no tensor", "e.g. 'ln_f.weight'"},
              {.exclude = {"wte"}});
  check_error(model.file(), {"--exclude: bad pattern '(?!x)'"}, {.exclude = {"(?!x)"}});
  // The second matches what the first has dropped already: that is an effect.
  CHECK(names(model.file() + ":weight", {.exclude = {"wte", "^w"}}).find("wte") ==
        std::string::npos);
}

TEST_CASE("the first layout that matches a tensor decides") {
  const ModelFolder model;
  const Checkpoint plain({model.file()});
  CHECK(plain.find("h.0.experts.up")->layout == Layout::stack);
  CHECK(plain.find("h.0.conv.weight")->layout == Layout::convolution);
  const Checkpoint checkpoint({model.file()}, layouts({"c_attn.weight$=transposed",
                                                       "up=convolution", "h.0.(up|conv)=stack"}));
  const Tensor& attention = *checkpoint.find("h.0.attn.c_attn.weight");
  CHECK(attention.layout_text() == "transposed");
  CHECK(attention.rows() == 12);
  CHECK(attention.cols() == 4);
  CHECK(checkpoint.find("h.0.experts.up")->layout == Layout::convolution);
  CHECK(checkpoint.find("h.0.experts.up")->cols() == 120);
  CHECK(checkpoint.find("h.0.conv.weight")->layout == Layout::stack);
  CHECK(checkpoint.find("wte.weight")->layout == Layout::matrix);
  // A matrix is a stack of one: plain.
  const Checkpoint one({model.file() + ":wte"}, layouts({"wte=stack"}));
  CHECK(one.find("wte.weight")->layout_text().empty());
}

TEST_CASE("a layout that fits no matrix or decides nothing is an error") {
  const ModelFolder model;
  check_error(
      model.file(),
      {"--layout 'c_attn=transposed': tensor 'h.0.attn.c_attn.bias' has rank 1: only rank 2 "
       "and more can be taken as transposed"},
      layouts({"c_attn=transposed"}));
  check_error(model.file(), {"'ln_f.weight' has rank 1", "taken as a stack"},
              layouts({"ln_f=stack"}));
  check_error(model.file(), {"--layout 'c_fc=transposed' matches no tensor", "'wte.weight'"},
              layouts({"c_fc=transposed"}));
  check_error(model.file(), {"--layout 'experts=stack' decides nothing", "before it"},
              layouts({"up=convolution", "experts=stack"}));
  TensorRules rules = layouts({"c_attn=transposed"});
  rules.min_rank = 2;
  CHECK(Checkpoint({model.file()}, rules).tensors().size() == 4);
}

TEST_CASE("matrices of GPT-2's Conv1D that are read as they lie are told, those of nn.Linear not") {
  const auto note = [](const NamedShapes& tensors, const TensorRules& rules = {}) {
    const TestFolder folder;
    folder.write("a.safetensors", f32_file_of(tensors));
    return note_on_layouts(Checkpoint({folder / "a.safetensors"}, rules).tensors());
  };
  const NamedShapes conv1d = {{"wte.weight", {9, 4}}, {"h.0.attn.c_attn.weight", {4, 12}}};
  CHECK_THAT(note(conv1d), ContainsSubstring("'h.0.attn.c_attn.weight' is stored k x n") &&
                               ContainsSubstring("--layout 'c_(attn|fc|proj)=transposed'"));
  CHECK(note(conv1d, layouts({"c_attn.weight=transposed"})).empty());
  CHECK(note({{"transformer.h.0.mlp.c_fc.weight", {16, 4}}}).empty());
  CHECK(note({{"h.0.attn.c_proj.weight", {4, 4}}}).empty());
}

TEST_CASE("the text of a layout is divided at its last '=' and read strictly") {
  const LayoutRule rule = parse_layout_rule("a=b=transposed");
  CHECK(rule.pattern == "a=b");
  CHECK(rule.layout == Layout::transposed);
  CHECK(rule.text == "a=b=transposed");
  CHECK(parse_layout_rule(".=stack").layout == Layout::stack);
  CHECK(parse_layout_rule(".=convolution").layout == Layout::convolution);
  CHECK(layout_error("x=stak") ==
        "--layout 'x=stak': unknown layout 'stak': did you mean 'stack'?");
  CHECK(layout_error("x=matrix").find("there are stack, convolution, transposed") !=
        std::string::npos);
  CHECK(layout_error("(=stack") == "--layout: bad pattern '(': missing ): (");
  for (const std::string text : {"stack", "=stack", ""})
    CHECK(layout_error(text).find("write REGEX=stack, REGEX=convolution or REGEX=transposed") !=
          std::string::npos);
}
