// SPDX-License-Identifier: Apache-2.0
// `qbench model` as people run it: the screen, plans, files, budgets beyond reach.
#include <filesystem>
#include <limits>
#include <nlohmann/json.hpp>
#include <regex>

#include "reports/journal/journal.h"
#include "tests/catch.h"
#include "tests/harness/commands.h"
#include "tests/harness/model/network/networks.h"
#include "tests/suites/checkpoints/quantized_files.h"

namespace qbench {
namespace {

using namespace test;
using Json = nlohmann::json;

Ended model(const SmallNetwork& network, const Line& arguments) {
  return qbench(Line{"model", network.file(), "-q"} + arguments);
}

}  // namespace

TEST_CASE("model prints its screen alone") {
  const SmallNetwork network;
  const Ended ended = model(network, {});
  CHECK(ended.code == 0);
  CHECK(ended.err.empty());
  CHECK(ended.out.starts_with("model       "));
  CHECK(has(ended.out, "q4_k"));
  const Ended all = model(network, {"--layers", "all", "--modes", "nf4"});
  CHECK(has(all.out, "Output SQNR in dB"));
}

TEST_CASE("the text of the screen fits narrower terminals") {
  const SmallNetwork network;
  const Ended ended = run_process({.arguments = {QBENCH_EXECUTABLE, "model", network.file(), "-q"},
                                   .environment = {{"COLUMNS", "80"}}});
  const Ended wide = model(network, {});
  const auto widest = [](const std::string& text) {
    std::size_t most = 0;
    for (std::size_t at = 0, end = 0; at < text.size(); at = end + 1) {
      end = std::min(text.find('\n', at), text.size());
      most = std::max(most, end - at);
    }
    return most;
  };
  CAPTURE(ended.out);
  CHECK(widest(ended.out) <= 80);
  CHECK(widest(wide.out) > 80);
}

TEST_CASE("untimed rows of json are rows") {
  const SmallNetwork network;
  const Ended ended = model(network, {"--modes", "nf4", "--report", "json"});
  const Json rows = Json::parse(ended.out).at("benchmarks");
  REQUIRE(rows.size() == 4);
  CHECK(rows[0].at("name").get<std::string>().starts_with("model/mode:nf4"));
  CHECK(rows[0].contains("weight_sqnr_db"));
}

TEST_CASE("a report or a plan on stdout is there alone, and the record has every layer and mode") {
  const SmallNetwork network;
  const Ended csv = model(network, {"--modes", "nf4,int4", "--report", "csv"});
  CHECK(csv.out.starts_with("case,"));
  CHECK_FALSE(has(csv.out, "left alone"));
  const std::string journal = network.path("j.jsonl");
  CHECK(model(network, {"--modes", "nf4,int4", "--journal", journal}).code == 0);
  const JournalRun run = read_journal(journal).at(0);
  CHECK(run.results.size() == 4 * 2);
  CHECK_FALSE(value_of(run.environment, "weights_hash").empty());
  CHECK(run.results.front().kurtosis.has_value());
  CHECK(run.results.front().output_nmse.has_value());
}

TEST_CASE("with --time each mode has the time of a token, and each shape a row of the record") {
  const SmallNetwork network;
  const std::string journal = network.path("j.jsonl");
  const Ended ended = model(network, {"--modes", "bf16,nf4", "--time", "--journal", journal});
  CHECK(ended.code == 0);
  CHECK(has(ended.out, "output  ms/token  worst SQNR"));
  const JournalRun run = read_journal(journal).at(0);
  REQUIRE(run.results.size() == 4 * 2 + 2);
  for (const Result& timed : std::span(run.results).last(2)) {
    CHECK((timed.suite == "gemv" && timed.m == 1 && timed.n == 96 && timed.k == 256));
    CHECK(timed.status == Status::passed);
    CHECK(timed.seconds > 0);
  }
}

TEST_CASE("a plan has a mode for each layer within its budget, and is checked") {
  const SmallNetwork network;
  const Ended ended =
      model(network, {"--modes", "nf4,int4,q6_k,q2_k", "--bits", "4.8", "--plan", "json"});
  CAPTURE(ended.err);
  CHECK(ended.code == 0);
  const Json plan = Json::parse(ended.out);
  CHECK(plan["layers"].size() == 4);
  CHECK(plan["bits_per_param"] <= 4.8);
  CHECK(plan["bound_sqnr_db"] >= plan["predicted_sqnr_db"]);
  CHECK(plan["checked_sqnr_db"].get<double>() ==
        Approx(plan["predicted_sqnr_db"].get<double>()).margin(1));
}

TEST_CASE("a plan that the target cannot express is an error, after the screen") {
  const SmallNetwork network;
  const std::string file = network.path("plan.json");
  const Ended ended = model(network, {"--modes", "nf4,int4,q6_k,q2_k", "--bits", "4.8", "--plan",
                                      "bitsandbytes=" + file});
  CHECK(ended.code == 1);
  CHECK(has(ended.err, "bitsandbytes holds one quantized mode a model"));
  CHECK(has(ended.out, "checked on other rows"));
  CHECK_FALSE(std::filesystem::exists(file));
}

TEST_CASE("a budget beyond reach ends with 1 and the least, before any work") {
  const SmallNetwork network;
  const Ended bits = model(network, {"--modes", "nf4,int4", "--bits", "4"});
  CHECK(bits.code == 1);
  CHECK(bits.out.empty());
  CHECK(has(bits.err, "the least that these modes reach is --bits 4.1563"));
  CHECK(model(network, {"--modes", "nf4,int4", "--bits", "4.1563"}).code == 0);
  CHECK(model(network, {"--modes", "nf4", "--memory", "0.00005GB"}).code == 1);
  CHECK(model(network, {"--modes", "nf4", "--memory", "1MB"}).code == 0);
}

TEST_CASE("options that model cannot follow are refused in one line") {
  const SmallNetwork network;
  for (const Line& line :
       {Line{"--inputs", "uniform"}, Line{"--m", "1,2"}, Line{"--exclude", "nothing"},
        Line{"--modes", "mxfp4", "--exclude", "."}, Line{"--report", "csv=" + network.file()}}) {
    const Ended ended = model(network, line);
    CAPTURE(line, ended.err);
    CHECK(ended.code == 1);
    CHECK(std::ranges::count(ended.err, '\n') == 1);
  }
}

TEST_CASE("what a quantized checkpoint stores is a line, with errors against the original") {
  const Matrix a = make_weights(Input::normal, 96, 256, 1),
               b = make_weights(Input::normal, 96, 256, 2),
               c = make_weights(Input::normal, 96, 256, 3);
  const TestFolder folder;
  folder.write("quantized.safetensors", safetensors_of(quantized_tensors(a, b, c)));
  folder.write("original.safetensors",
               safetensors_of({plain_tensor("a.weight", a), plain_tensor("b.weight", b),
                               plain_tensor("c.weight", c)}));
  const auto run = [&](Line more) {
    Line line = {QBENCH_EXECUTABLE, "model",    folder / "quantized.safetensors", "-q",
                 "--modes",         "nf4,mxfp4"};
    line.insert(line.end(), more.begin(), more.end());
    return run_process({.arguments = std::move(line)});
  };
  const Ended alone = run({});
  CAPTURE(alone.out, alone.err);
  CHECK(alone.code == 0);
  CHECK(has(alone.out,
            "stored as   1 x bitsandbytes nf4 b64, 1 x compressed-tensors mxfp4, 1 x F32"));
  CHECK(has(alone.out, "a second rounding"));
  CHECK(has(alone.out, "   stored      -  13.5833     0.125        -       -           -  -"));
  const std::string original = folder / "original.safetensors", journal = folder / "j.jsonl";
  const Ended against = run({"--against", original, "--journal", journal});
  CAPTURE(against.out, against.err);
  CHECK(against.code == 0);
  CHECK(has(against.out, "stored is the file alone"));
  const JournalRun rows = read_journal(journal).at(0);
  CHECK(rows.results.size() == 3 * 3);
  CHECK(rows.results[0].id ==
        "model/mode:stored/dtype:fp32/m:16/n:96/k:256/input:normal/seed:1/"
        "tensor:a.weight");
  const QuantizedMatrix q = reference::quantize(*find_mode("nf4"), 64, a);
  CHECK(rows.results[0].weight_nmse == weight_error(a, q).nmse());
  CHECK(*rows.results[0].output_nmse > 0);
  CHECK(*rows.results[2].weight_nmse > *rows.results[0].weight_nmse);  // mxfp4 on top of nf4
  CHECK(run({"--against", folder / "quantized.safetensors:^a"}).code == 1);
}

TEST_CASE("figures do not depend on the number of threads") {
  const SmallNetwork network;
  const auto with = [&](const char* threads) {
    return model(network, {"--modes", "nf4,q4_k", "--threads", threads}).out;
  };
  CHECK(with("1") == with("2"));
}

TEST_CASE("a plan gives no layer a type of GGUF whose blocks its rows do not fill") {
  std::vector<NamedMatrix> tensors = small_network();
  tensors.push_back(
      {"model.layers.0.mlp.down_proj.weight", make_weights(Input::normal, 64, 96, 5)});
  const SmallNetwork network(tensors);
  const Ended ended = model(network, {"--modes", "q2_k,q8_0", "--bits", "5", "--plan", "json"});
  CAPTURE(ended.err);
  REQUIRE(ended.code == 0);
  const Json plan = Json::parse(ended.out);
  CHECK(plan["layers"]["model.layers.0.mlp.down_proj.weight"]["mode"] == "q8_0");
  const Ended none = model(network, {"--modes", "q2_k", "--bits", "5"});
  CHECK(none.code == 1);
  CHECK(has(none.err, "fill the blocks of none of the modes"));
  CHECK(has(model(network, {"--modes", "q2_k,q8_0"}).out, "in no file: q2_k in the 1 of 5 layers"));
}

TEST_CASE("plans for programs that quantize linear layers alone have no others") {
  std::vector<NamedMatrix> tensors = small_network();
  const SmallNetwork network(tensors);
  const Ended ended = model(network, {"--modes", "nf4,bf16", "--tensors", "all", "--bits", "4.7",
                                      "--plan", "bitsandbytes"});
  CHECK(ended.code == 1);
  CHECK(has(ended.err, "plan with --tensors transformers"));
}

TEST_CASE("a plan of any form leaves a tied head out, as the embedding alone has its name") {
  std::vector<NamedMatrix> tensors = small_network();
  tensors.pop_back();
  const SmallNetwork network(tensors);
  for (const auto& [format, modes] :
       {std::pair("json", "nf4"), std::pair("bitsandbytes", "nf4"),
        std::pair("compressed-tensors", "int8-sym"), std::pair("llama.cpp", "q8_0")}) {
    const Ended ended = model(
        network, {"--modes", modes, "--tensors", "lightning", "--bits", "9", "--plan", format});
    CAPTURE(format, ended.out, ended.err);
    CHECK(ended.code == 0);
    CHECK_FALSE(ended.out.empty());
    CHECK_FALSE(has(ended.out, "embed_tokens"));
    CHECK_FALSE(has(ended.out, "token_embd"));
  }
}

TEST_CASE("an embedding that is copied as the head counts once in the parameters of a model") {
  std::vector<NamedMatrix> tensors = small_network();
  tensors.pop_back();
  const SmallNetwork network(tensors);
  const auto first = [](const Ended& ended) { return ended.out.substr(0, ended.out.find('\n')); };
  const Ended tied = model(network, {"--modes", "nf4", "--tensors", "lightning"});
  CHECK(first(tied) == first(model(network, {"--modes", "nf4", "--tensors", "transformers"})));
  CHECK(has(tied.out, "5 layers"));
}

TEST_CASE("a layer without a defined error is named in place of advice") {
  std::vector<NamedMatrix> tensors = small_network();
  tensors[2].values.values[5] = std::numeric_limits<float>::quiet_NaN();
  const SmallNetwork network(tensors);
  const Ended ended = model(network, {"--modes", "nf4,int4"});
  CHECK(has(ended.out, "no figure is defined with model.layers.1.mlp.up_proj"));
  CHECK_FALSE(has(ended.out, "least error"));
}

TEST_CASE("the least budget is told so that it suffices") {
  const SmallNetwork network;
  const Ended least = model(network, {"--modes", "nf4", "--memory", "0.001MB"});
  const std::size_t at = least.err.find("--memory ") + 9;
  const std::string budget = least.err.substr(at, least.err.find(' ', at) - at);
  CAPTURE(least.err, budget);
  CHECK(budget.ends_with("MB"));
  CHECK(model(network, {"--modes", "nf4", "--memory", budget}).code == 0);
}

TEST_CASE("the size of a network is at 16 bits, or with its layers alone at 16 bits") {
  const SmallNetwork network;
  const auto first_lines = [&](const char* rule) {
    const std::string out = model(network, {"--modes", "nf4", "--tensors", rule}).out;
    return std::regex_replace(out.substr(0, out.find("quantized")), std::regex("\\s+"), " ");
  };
  CHECK(has(first_lines("linear"), " MB at 16 bits"));
  CHECK(has(first_lines("llama.cpp"), " MB with the layers at 16 bits"));
}

}  // namespace qbench
