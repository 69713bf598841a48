// SPDX-License-Identifier: Apache-2.0
// Originals of tensors: found by name, also between the names of GGUF and Hugging Face, with their
// rows in the tensor's order, or refused in one line.
#include "suites/checkpoints/originals.h"

#include "suites/checkpoints/gguf/gguf_names.h"
#include "suites/inputs/distributions.h"
#include "tests/suites/checkpoints/checkpoints.h"
#include "tests/suites/checkpoints/gguf/gguf_bytes.h"
#include "tests/suites/checkpoints/quantized_files.h"

namespace qbench {
namespace {

using namespace test;

constexpr std::int64_t kHeads = 2, kRows = 16, kCols = 8;
const std::string kQueries = "model.layers.0.self_attn.q_proj.weight",
                  kKeys = "model.layers.0.self_attn.k_proj.weight",
                  kDown = "model.layers.0.mlp.down_proj.weight";

Matrix weights(std::uint64_t seed) { return make_weights(Input::normal, kRows, kCols, seed); }

Matrix permuted(const Matrix& matrix, std::int64_t heads) {
  const std::vector<std::int64_t> order = rows_in_gguf(matrix.rows, heads);
  Matrix out(matrix.rows, matrix.cols);
  for (std::int64_t r = 0; r < matrix.rows; ++r)
    std::copy_n(matrix.row(order[static_cast<std::size_t>(r)]), matrix.cols, out.row(r));
  return out;
}

std::string hugging_face() {
  std::vector<NewTensor> tensors;
  for (const auto& [name, seed] :
       {std::pair(kQueries, 1), std::pair(kKeys, 2), std::pair(kDown, 3)})
    tensors.push_back(plain_tensor(name, weights(static_cast<std::uint64_t>(seed))));
  return safetensors_of(tensors);
}

// The same network as llama.cpp's converter writes it, in F32.
std::string gguf(const std::string& architecture = "llama", std::uint32_t heads = kHeads) {
  GgufFile file{.keys = {key_text("general.architecture", architecture),
                         key_u32("llama.attention.head_count", heads),
                         key_u32("llama.attention.head_count_kv", 1)}};
  const auto add = [&](const std::string& name, const Matrix& matrix) {
    file.infos.push_back(info(name, {kCols, kRows}, 0, file.data.size()));
    file.data.append(reinterpret_cast<const char*>(matrix.values.data()),
                     matrix.values.size() * sizeof(float));
  };
  const bool llama = architecture == "llama" && heads == kHeads;
  add("blk.0.attn_q.weight", llama ? permuted(weights(1), kHeads) : weights(1));
  add("blk.0.attn_k.weight", llama ? permuted(weights(2), 1) : weights(2));
  add("blk.0.ffn_down.weight", weights(3));
  return file.bytes();
}

std::vector<const Tensor*> all_of(const Checkpoint& checkpoint) {
  std::vector<const Tensor*> tensors;
  for (const Tensor& tensor : checkpoint.tensors()) tensors.push_back(&tensor);
  return tensors;
}

// Every tensor of the one file is equal to its original in the other, row by row.
void check_same(const std::string& file, const std::string& against) {
  CAPTURE(file, against);
  const Checkpoint checkpoint({file});
  const Originals originals({against}, all_of(checkpoint));
  CHECK(originals.tensors().size() == checkpoint.tensors().size());
  for (const Tensor& tensor : checkpoint.tensors()) {
    CAPTURE(tensor.name);
    CHECK((originals.matrix(tensor).values == to_matrix(tensor).values));
  }
}

// The error is one line that holds all the words.
void check_originals_refused(const std::string& file, const std::string& against,
                             const std::vector<std::string>& words) {
  const Checkpoint checkpoint({file});
  std::string error;
  try {
    const Originals originals({against}, all_of(checkpoint));
  } catch (const std::runtime_error& caught) {
    error = caught.what();
  }
  CAPTURE(file, against, error);
  CHECK(!error.empty());
  CHECK(error.find('\n') == error.npos);
  for (const std::string& word : words) {
    CAPTURE(word);
    CHECK(error.find(word) != error.npos);
  }
}

}  // namespace

TEST_CASE("originals are found between GGUF and Hugging Face, and rows of llama are put in order") {
  const TestFolder folder;
  folder.write("hf.safetensors", hugging_face());
  folder.write("llama.gguf", gguf());
  folder.write("qwen2.gguf", gguf("qwen2"));
  CHECK((permuted(weights(1), kHeads).values != weights(1).values));
  check_same(folder / "llama.gguf", folder / "hf.safetensors");
  check_same(folder / "hf.safetensors", folder / "llama.gguf");
  check_same(folder / "qwen2.gguf", folder / "hf.safetensors");
  check_same(folder / "llama.gguf", folder / "llama.gguf");
  check_same(folder / "hf.safetensors", folder / "hf.safetensors");
}

TEST_CASE("tensors without an original, and what there is, are named in one line") {
  const TestFolder folder;
  folder.write("a.safetensors", f32_file_of({{"x", {2, 3}}, {"y", {2, 3}}}));
  folder.write("b.safetensors", f32_file_of({{"y", {2, 3}}, {"z", {2, 3}}}));
  check_originals_refused(folder / "a.safetensors", folder / "b.safetensors",
                          {"--against: no original for 'x' among 'y' and 'z'", "--exclude"});
  const Checkpoint checkpoint({folder / "a.safetensors"});
  const Originals originals({folder / "b.safetensors"},
                            std::vector<const Tensor*>{checkpoint.find("y")});
  CHECK_THROWS_WITH(originals.matrix(*checkpoint.find("x")), "--against: no original for 'x'");
}

TEST_CASE("two originals of one name in GGUF are none") {
  const TestFolder folder;
  folder.write("a.gguf", GgufFile{.infos = {info("token_embd.weight", {4, 2}, 0, 0)},
                                  .data = std::string(32, '\0')}
                             .bytes());
  const NamedShapes::value_type one = {"model.embed_tokens.weight", {2, 4}},
                                other = {"embeddings.word_embeddings.weight", {2, 4}};
  folder.write("both.safetensors", f32_file_of({one, other}));
  folder.write("one.safetensors", f32_file_of({other}));
  check_same(folder / "a.gguf", folder / "one.safetensors");
  check_originals_refused(folder / "a.gguf", folder / "both.safetensors",
                          {"no original for 'token_embd.weight'"});
}

TEST_CASE("an original of another size, of an unread dtype, or of other heads is refused") {
  const TestFolder folder;
  folder.write("a.safetensors", f32_file_of({{"x", {2, 3}}}));
  folder.write("b.safetensors", f32_file_of({{"x", {3, 2}}}));
  folder.write("c.safetensors", one_tensor("x", "I64", "[2,3]", std::string(48, '\0')));
  folder.write("hf.safetensors", hugging_face());
  folder.write("heads.gguf", gguf("llama", 3));
  check_originals_refused(
      folder / "a.safetensors", folder / "b.safetensors",
      {"tensor 'x' is 2 x 3, and its original 'x' of", "b.safetensors is 3 x 2"});
  check_originals_refused(folder / "a.safetensors", folder / "c.safetensors", {"'x'", "I64"});
  check_originals_refused(folder / "heads.gguf", folder / "hf.safetensors",
                          {"'" + kQueries + "'", "16 rows are not those of 3 heads"});
}

TEST_CASE(
    "rows that are ordered by heads which the file does not tell are refused, but not alike") {
  const TestFolder folder;
  folder.write("hf.safetensors", hugging_face());
  folder.write("heads.gguf", gguf("llama", 0));
  const std::vector<std::string> words = {"heads.gguf does not tell the number of heads",
                                          "'blk.0.attn_q.weight'", "--exclude"};
  check_originals_refused(folder / "heads.gguf", folder / "hf.safetensors", words);
  check_originals_refused(folder / "hf.safetensors", folder / "heads.gguf", words);
  check_same(folder / "heads.gguf", folder / "heads.gguf");
}

TEST_CASE("weights of another network are no original, however coarse those of the own may be") {
  const TestFolder folder;
  folder.write("a.safetensors", safetensors_of({plain_tensor("x", weights(1))}));
  folder.write("b.safetensors", safetensors_of({plain_tensor("x", weights(2))}));
  const Checkpoint checkpoint({folder / "a.safetensors"});
  const Originals originals({folder / "b.safetensors"}, all_of(checkpoint));
  const Tensor& tensor = checkpoint.tensors()[0];
  const ErrorSums unlike = weight_error(originals.matrix(tensor), to_matrix(tensor));
  CHECK_THROWS_WITH(originals.check_alike(tensor, unlike),
                    ContainsSubstring("'x'") && ContainsSubstring("are not the same weights"));
  CHECK_NOTHROW(originals.check_alike(tensor, {.error = 0.8, .signal = 1}));
  CHECK_NOTHROW(originals.check_alike(tensor, {.error = 0, .signal = 0}));
  CHECK_NOTHROW(originals.check_alike(tensor, {.error = 0.95, .signal = 1}));
  CHECK_NOTHROW(originals.check_alike(tensor, {.error = 1, .signal = 1}));
  CHECK_THROWS(originals.check_alike(tensor, {.error = 1.05, .signal = 1}));
}

TEST_CASE("an original of the same shape is read in the layout of the tensor") {
  const TestFolder folder;
  folder.write("a.safetensors", safetensors_of({plain_tensor("x", weights(1))}));
  const Checkpoint checkpoint({folder / "a.safetensors"},
                              {.layouts = {parse_layout_rule("x=transposed")}});
  const Originals originals({folder / "a.safetensors"}, all_of(checkpoint));
  const Matrix matrix = originals.matrix(checkpoint.tensors()[0]);
  CHECK((matrix.rows == kCols && matrix.cols == kRows));
  CHECK((matrix.values == to_matrix(checkpoint.tensors()[0]).values));
}

}  // namespace qbench
