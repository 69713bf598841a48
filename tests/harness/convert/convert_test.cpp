// SPDX-License-Identifier: Apache-2.0
// Converted files, read again: planes are those of the reference, all else stays as it is.
#include "tests/catch.h"
#include "tests/golden.h"
#include "tests/harness/convert/conversions.h"
#include "tests/suites/checkpoints/stored_mode.h"

namespace qbench {
namespace {

using namespace test;

const std::vector<std::string> kBitsandbytesModes = {"nf4",  "nf4-dq",  "fp4",     "fp4-dq",
                                                     "int8", "bnb.nf4", "bnb.int8"};

// Numbers of a dtype, 3 x 64, that all of them hold, times a few powers of 2.
std::string numbers_as(const std::string& dtype) {
  const Matrix values = make_weights(Input::normal, 3, 64, 5);
  const Tensor like = {.name = "", .dtype = dtype, .shape = {3, 64}, .bytes = {}};
  return one_tensor("model.a.weight", dtype, "[3,64]", bytes_of(to_bytes(values, like, dtype)));
}

}  // namespace

TEST_CASE("bitsandbytes' file has the planes of the reference, and all else as it was") {
  const SmallNetwork network;
  const Checkpoint before({network.file()});
  for (const std::string& mode : kBitsandbytesModes) {
    CAPTURE(mode);
    const std::string out = network.path(mode + ".safetensors");
    CHECK(converted({network.file(), out, "--modes", mode, "--container", "bitsandbytes"}) == 0);
    const Checkpoint after({out});
    REQUIRE(after.tensors().size() == before.tensors().size());
    for (const Tensor& tensor : before.tensors()) {
      const Tensor* again = after.find(tensor.name);
      CAPTURE(tensor.name);
      REQUIRE(again != nullptr);
      CHECK(again->shape == tensor.shape);
      if (!contains(tensor.name, "mlp")) {
        CHECK(bytes_of(again->bytes) == bytes_of(tensor.bytes));
        continue;
      }
      REQUIRE(stored_mode(*again) != nullptr);
      const Mode& of = *find_mode(mode);
      CHECK(stored_mode(*again)->format == of.format);
      CHECK(same_planes(stored_weight(*again).planes,
                        reference::quantize(of, of.block_size, to_matrix(tensor))));
    }
  }
}

TEST_CASE("an embedding is no linear layer, which alone bitsandbytes quantizes") {
  const SmallNetwork network;
  const std::string out = network.path("all.safetensors");
  CHECK(converted({network.file(), out, "--modes", "nf4", "--tensors", "all", "--container",
                   "bitsandbytes"}) == 0);
  const Checkpoint after({out});
  CHECK(after.find("model.embed_tokens.weight")->dtype == "F32");
  CHECK(after.find("lm_head.weight")->stored != nullptr);
}

TEST_CASE("weights that are not finite once they are converted are an error that names them") {
  std::vector<NamedMatrix> tensors = small_network();
  tensors[1].values.values[0] = 1e30f;
  const SmallNetwork network(tensors);
  const std::string out = network.path("out.safetensors");
  CHECK(contains(why_not({network.file(), out, "--modes", "bnb.nf4", "--container", "dequantized"}),
                 "'model.layers.0.mlp.up_proj.weight': its weights are not finite"));
  CHECK_FALSE(std::filesystem::exists(out));
}

TEST_CASE("the block size that is asked for is that of the file") {
  const SmallNetwork network;
  const std::string out = network.path("out.safetensors");
  CHECK(converted({network.file(), out, "--modes", "nf4", "--block-sizes", "128", "--container",
                   "bitsandbytes"}) == 0);
  const Checkpoint after({out + ":mlp"});
  CHECK(after.tensors().size() == 4);
  for (const Tensor& tensor : after.tensors())
    CHECK(stored_weight(tensor).planes.block_size == 128);
}

TEST_CASE("converted weights have the bytes that bitsandbytes itself writes") {
  if (absent("bitsandbytes_golden")) QBENCH_SKIP("there is no ../shared/bitsandbytes_golden");
  const Golden theirs("bitsandbytes_golden/checkpoint.safetensors");
  const TestFolder folder;
  for (const std::string mode : {"nf4", "nf4-dq"}) {
    const std::string out = folder / (mode + ".safetensors");
    const std::string module = mode == "nf4" ? "model.layers.0.nf4." : "model.layers.0.nf4_dq.";
    CHECK(converted({kShared + "bitsandbytes_golden/checkpoint_unquantized.safetensors", out,
                     "--modes", mode, "--container", "bitsandbytes"}) == 0);
    const MappedFile file(out);
    int parts = 0;
    for (const Tensor& tensor : parse_safetensors(file.bytes())) {
      if (!tensor.name.starts_with(module)) continue;
      CAPTURE(tensor.name);
      CHECK(tensor.dtype == theirs.tensor(tensor.name).dtype);
      CHECK(bytes_of(tensor.bytes) == bytes_of(theirs.bytes(tensor.name)));
      ++parts;
    }
    CHECK(parts == (mode == "nf4" ? 4 : 6));
  }
}

TEST_CASE("dequantized numbers are the decoded ones, rounded to the tensor's own dtype") {
  for (const std::string dtype : {"F64", "F32", "F16", "BF16"}) {
    CAPTURE(dtype);
    const TestFolder folder;
    folder.write("a.safetensors", numbers_as(dtype));
    CHECK(converted({folder / "a.safetensors", folder / "b.safetensors", "--modes", "int4",
                     "--block-sizes", "32", "--container", "dequantized"}) == 0);
    const Checkpoint before({folder / "a.safetensors"}), after({folder / "b.safetensors"});
    const Tensor& tensor = after.tensors().front();
    CHECK(tensor.dtype == dtype);
    const QuantizedMatrix planes =
        reference::quantize(*find_mode("int4"), 32, to_matrix(before.tensors().front()));
    Matrix expected(3, 64);
    reference::dequantize(planes, expected);
    reference::round_to(number_type(dtype), expected.values);
    CHECK(std::ranges::equal(to_matrix(tensor).values, expected.values));
  }
}

TEST_CASE("a transposed weight is quantized as it is multiplied, and lies in the file as before") {
  const SmallNetwork network;
  const std::vector<std::string> how = {"--modes", "nf4", "--layout", "layers.0=transposed",
                                        "--container"};
  const Tensor before = *Checkpoint({network.file()}).find("model.layers.0.mlp.up_proj.weight");
  for (const std::string container : {"dequantized", "bitsandbytes"}) {
    CAPTURE(container);
    const std::string out = network.path(container + ".safetensors");
    std::vector<std::string> words = {network.file(), out};
    words.insert(words.end(), how.begin(), how.end());
    words.push_back(container);
    CHECK(converted(words) == 0);
    const TensorRules rules{.layouts = {parse_layout_rule("layers.0=transposed")}};
    const Checkpoint whole({network.file()}, rules);
    const Tensor& weight = *whole.find(before.name);
    const QuantizedMatrix planes = reference::quantize(*find_mode("nf4"), 64, to_matrix(weight));
    if (container == "bitsandbytes") {
      const Checkpoint after({out + ":layers.0"});
      CHECK(after.tensors().front().shape == std::vector<std::int64_t>{256, 96});
      CHECK(same_planes(stored_weight(after.tensors().front()).planes, planes));
      continue;
    }
    const Checkpoint after({out}, rules);
    CHECK(after.find(before.name)->shape == before.shape);
    Matrix expected(planes.rows, planes.cols);
    reference::dequantize(planes, expected);
    CHECK(std::ranges::equal(to_matrix(*after.find(before.name)).values, expected.values));
  }
}

TEST_CASE("a quantized checkpoint is decoded, and quantized in another mode") {
  const SmallNetwork network;
  const std::string nf4 = network.path("nf4.safetensors"), out = network.path("out.safetensors");
  CHECK(converted({network.file(), nf4, "--modes", "nf4", "--container", "bitsandbytes"}) == 0);
  CHECK(converted({nf4, out, "--modes", "bf16", "--container", "dequantized"}) == 0);
  const Checkpoint before({nf4 + ":mlp"}), after({out + ":mlp"});
  for (const Tensor& tensor : before.tensors()) {
    const Tensor* again = after.find(tensor.name);
    REQUIRE(again != nullptr);
    CHECK(again->dtype == "BF16");
    Matrix expected = to_matrix(tensor);
    reference::round_to(Dtype::bf16, expected.values);
    CHECK(std::ranges::equal(to_matrix(*again).values, expected.values));
  }
}

TEST_CASE("a plan has a mode for each tensor, and what it does not name stays") {
  const SmallNetwork network;
  const std::string plan = network.path("plan.json"), out = network.path("out.safetensors");
  std::ofstream(plan) << R"({"layers": {
    "model.layers.0.mlp.up_proj.weight": {"mode": "nf4", "block_size": 32},
    "model.layers.1.mlp.up_proj.weight": {"mode": "bf16", "block_size": null}}})";
  CHECK(converted({network.file(), out, "--plan", plan, "--container", "bitsandbytes"}) == 0);
  const Checkpoint after({out});
  CHECK(stored_weight(*after.find("model.layers.0.mlp.up_proj.weight")).planes.block_size == 32);
  CHECK(after.find("model.layers.1.mlp.up_proj.weight")->dtype == "F32");
  CHECK(after.find("model.layers.2.mlp.up_proj.weight")->dtype == "F32");
  std::ofstream(plan)
      << R"({"layers": {"model.layers.9.weight": {"mode": "nf4", "block_size": 64}}})";
  CHECK(contains(why_not({network.file(), network.path("x.safetensors"), "--plan", plan,
                          "--container", "bitsandbytes"}),
                 "plan for this checkpoint"));
  std::ofstream(plan) << R"({"layers": {"model.layers.0.mlp.up_proj.weight": {"mode": "nf4"}}})";
  const std::string why = why_not({network.file(), network.path("x.safetensors"), "--plan", plan,
                                   "--container", "bitsandbytes"});
  CAPTURE(why);
  CHECK(contains(why, "plan.json: tensor 'model.layers.0.mlp.up_proj.weight': nf4 has blocks of"));
  CHECK(contains(why, "no block_size says which"));
}

}  // namespace qbench
