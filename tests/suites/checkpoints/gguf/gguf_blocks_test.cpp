// SPDX-License-Identifier: Apache-2.0
// Blocks of GGUF to planes and back: against ggml's own bytes and values, against a reader of the
// tests that takes one bit after the other, and as inverses of each other.
#include "suites/checkpoints/containers/gguf_blocks.h"

#include <map>
#include <random>

#include "reference/formats/mx.h"
#include "reference/formats/nf4.h"
#include "reference/reference.h"
#include "suites/checkpoints/checkpoint.h"
#include "suites/checkpoints/containers/containers.h"
#include "suites/checkpoints/gguf/gguf.h"
#include "suites/checkpoints/mapped_file.h"
#include "tests/formats/differing.h"
#include "tests/formats/ggml_types.h"
#include "tests/formats/random_numbers.h"
#include "tests/golden.h"
#include "tests/suites/checkpoints/gguf/gguf_bytes.h"
#include "tests/suites/checkpoints/stored_mode.h"

namespace qbench::test {
namespace {

using Bytes = std::vector<std::uint8_t>;

std::span<const std::byte> bytes_of(const Bytes& bytes) { return std::as_bytes(std::span(bytes)); }

Module module_of(const std::string& type, const std::vector<std::int64_t>& shape,
                 std::span<const std::byte> bytes) {
  Module module;
  module.name = "blk.0.attn_q.weight";
  module.parts[""] = {.name = module.name, .dtype = type, .shape = shape, .bytes = bytes};
  return module;
}

StoredWeight unpacked(const std::string& type, const std::vector<std::int64_t>& shape,
                      std::span<const std::byte> bytes) {
  const Module module = module_of(type, shape, bytes);
  REQUIRE(kGguf.holds(module));
  return kGguf.unpack(module);
}

// The tensor that the weight is written as, which has its type and shape.
NewTensor packed(const StoredWeight& weight, std::string_view type) {
  std::vector<NewTensor> tensors = kGguf.pack(weight, "blk.0.attn_q.weight");
  REQUIRE(tensors.size() == 1);
  CHECK(tensors[0].name == "blk.0.attn_q.weight");
  CHECK(tensors[0].dtype == type);
  CHECK(tensors[0].shape == weight.shape);
  return std::move(tensors[0]);
}

bool same(std::span<const std::byte> a, std::span<const std::byte> b) {
  return std::ranges::equal(a, b);
}

std::string upper(std::string text) {
  for (char& c : text) c = static_cast<char>(std::toupper(static_cast<unsigned char>(c)));
  return text;
}

const as_data::GgmlType& judge_of(const GgufLayout& layout) {
  for (const as_data::GgmlType& type : as_data::kGgmlTypes)
    if (upper(type.name) == layout.type) return type;
  throw std::runtime_error("no judge");
}

std::string error_of(const std::string& type, const std::vector<std::int64_t>& shape,
                     std::span<const std::byte> bytes) {
  try {
    kGguf.unpack(module_of(type, shape, bytes));
  } catch (const std::runtime_error& error) {
    return error.what();
  }
  return "";
}

Bytes random_bytes(std::int64_t count, std::mt19937& random) {
  Bytes bytes(static_cast<std::size_t>(count));
  for (std::uint8_t& byte : bytes) byte = static_cast<std::uint8_t>(random());
  return bytes;
}

// Rows, and blocks a row: one block, several rows, runs that end anywhere, and several threads.
const std::pair<std::int64_t, std::int64_t> kShapes[] = {{1, 1}, {3, 1}, {2, 5}, {5, 9}, {7, 301}};

}  // namespace

TEST_CASE("every type that has a format is read from types.gguf to the values of ggml") {
  if (absent("ggml_golden")) QBENCH_SKIP("there is no ../shared/ggml_golden");
  const Golden outputs("ggml_golden/outputs.safetensors");
  const MappedFile types(kShared + "ggml_golden/types.gguf");
  std::map<std::string, Tensor> tensors;
  for (const Tensor& tensor : parse_gguf(types.bytes())) tensors[tensor.name] = tensor;
  std::size_t read = 0;
  for (const as_data::GgmlType& type : as_data::kGgmlTypes) {
    CAPTURE(type.name);
    if (!tensors.contains("blk.0." + type.name + ".weight")) continue;
    const Tensor& tensor = tensors.at("blk.0." + type.name + ".weight");
    if (type.mode == nullptr) {
      CHECK(error_of(tensor.dtype, tensor.shape, tensor.bytes) ==
            "type " + tensor.dtype + " is not read yet");
      continue;
    }
    const StoredWeight weight = unpacked(tensor.dtype, tensor.shape, tensor.bytes);
    CHECK(weight.planes.format == weight.format.get());
    CHECK(weight.shape == std::vector<std::int64_t>{16, 512});
    const Matrix expected = outputs.matrix("normal/" + type.name + "/dequantized");
    check_decoded(weight.planes, expected.values);
    CHECK(same(packed(weight, tensor.dtype).bytes, tensor.bytes));
    ++read;
  }
  CHECK(read == gguf_layouts().size() - 1);  // the file has no q2_0
}

TEST_CASE("a checkpoint has the weights of types.gguf, each in the mode of its type") {
  if (absent("ggml_golden")) QBENCH_SKIP("there is no ../shared/ggml_golden");
  const Golden outputs("ggml_golden/outputs.safetensors");
  const Checkpoint checkpoint({kShared + "ggml_golden/types.gguf"});
  CHECK(checkpoint.tensors().size() == 23);
  for (const as_data::GgmlType& type : as_data::kGgmlTypes) {
    const Tensor* tensor = checkpoint.find("blk.0." + type.name + ".weight");
    CAPTURE(type.name);
    if (tensor == nullptr) continue;
    if (type.mode == nullptr) {
      CHECK(tensor->unusable() == "gguf: type " + upper(type.name) + " is not read yet");
      continue;
    }
    CHECK(tensor->dtype == "gguf " + upper(type.name));
    REQUIRE(test::stored_mode(*tensor) != nullptr);
    CHECK(test::stored_mode(*tensor)->format == type.mode->format);
    CHECK(to_matrix(*tensor).values ==
          outputs.matrix("normal/" + type.name + "/dequantized").values);
  }
}

TEST_CASE("all blocks that ggml wrote are read to its values, and written as it did") {
  if (absent("ggml_golden")) QBENCH_SKIP("there is no ../shared/ggml_golden");
  const Golden outputs("ggml_golden/outputs.safetensors");
  int read = 0;
  for (const GgufLayout& layout : gguf_layouts())
    for (const std::string input : {"normal", "student_t", "edge", "ternary"}) {
      const std::string key = input + "/" + judge_of(layout).name + "/";
      if (!outputs.has(key + "bytes")) continue;
      CAPTURE(key);
      const Matrix expected = outputs.matrix(key + "dequantized");
      const std::span<const std::byte> bytes = outputs.bytes(key + "bytes");
      const StoredWeight weight =
          unpacked(std::string(layout.type), {expected.rows, expected.cols}, bytes);
      check_decoded(weight.planes, expected.values);
      CHECK(same(packed(weight, layout.type).bytes, bytes));
      ++read;
    }
  CHECK(read >= 3 * static_cast<int>(gguf_layouts().size()));
}

TEST_CASE("any bytes of blocks are read as one bit after the other, and written as they were",
          "[samples]") {
  std::mt19937 random(7);
  for (const GgufLayout& layout : gguf_layouts())
    for (const auto& [rows, blocks] : kShapes) {
      CAPTURE(layout.type, rows, blocks);
      if (layout.is_canonical != nullptr) continue;
      const std::int64_t cols = blocks * layout.weights;
      const Bytes bytes = random_bytes(rows * blocks * layout.bytes, random);
      const StoredWeight weight = unpacked(std::string(layout.type), {rows, cols}, bytes_of(bytes));
      const QuantizedMatrix expected = as_data::read_blocks(judge_of(layout), bytes, rows, cols);
      CHECK(differing_bytes(weight.planes, expected) == 0);
      CHECK(same(packed(weight, layout.type).bytes, bytes_of(bytes)));
    }
}

TEST_CASE("any planes are written as blocks that are read to the same planes", "[samples]") {
  std::mt19937 random(8);
  for (const GgufLayout& layout : gguf_layouts())
    for (const auto& [rows, blocks] : kShapes) {
      const Mode& mode = layout.mode;
      CAPTURE(layout.type, rows, blocks);
      const std::int64_t cols = blocks * layout.weights;
      const Definition definition = {mode.format, mode.block_size, rows, cols};
      const StoredWeight weight = {.format = {std::shared_ptr<void>(), &mode.format},
                                   .planes = planes(mode.format, mode.block_size, rows, cols,
                                                    random_numbers(definition, random)),
                                   .shape = {rows, cols}};
      const NewTensor tensor = packed(weight, layout.type);
      const StoredWeight again = unpacked(tensor.dtype, tensor.shape, tensor.bytes);
      CHECK(differing_bytes(weight.planes, again.planes) == 0);
    }
}

TEST_CASE("trits are read as ggml's steps give them, and bytes that it never writes are refused") {
  std::mt19937 random(9);
  const GgufLayout& layout = *find_gguf_layout("TQ1_0");
  int canonical = 0;
  for (int byte = 0; byte < 256; ++byte) {
    Bytes five(54, 0), four(54, 0);
    five[7] = four[50] = static_cast<std::uint8_t>(byte);
    const bool as_five = error_of("TQ1_0", {1, 256}, bytes_of(five)).empty();
    CHECK(error_of("TQ1_0", {1, 256}, bytes_of(four)).empty() == (as_five && trit(byte, 4) == 0));
    canonical += as_five;
    if (!as_five) {
      CHECK(error_of("TQ1_0", {1, 256}, bytes_of(five)).find("bytes that ggml never writes") !=
            std::string::npos);
      continue;
    }
    const StoredWeight weight = unpacked("TQ1_0", {1, 256}, bytes_of(five));
    CHECK(differing_bytes(weight.planes, as_data::read_blocks(judge_of(layout), five, 1, 256)) ==
          0);
    CHECK(same(packed(weight, "TQ1_0").bytes, bytes_of(five)));
  }
  CHECK(canonical == 243);
}

TEST_CASE("stacks are matrices one below the other, and keep their shape") {
  std::mt19937 random(10);
  const Bytes bytes = random_bytes(2 * 3 * 144, random);
  const StoredWeight weight = unpacked("Q4_K", {2, 3, 256}, bytes_of(bytes));
  CHECK(weight.planes.rows == 6);
  CHECK(weight.planes.cols == 256);
  CHECK(weight.shape == std::vector<std::int64_t>{2, 3, 256});
  CHECK(same(packed(weight, "Q4_K").bytes, bytes_of(bytes)));
}

TEST_CASE("the container holds quantized types alone, and says what it does not read") {
  const Bytes bytes(1024, 0);
  for (const std::string type : {"F32", "BF16", "I8", "U8", "F8_E4M3", ""})
    CHECK(!kGguf.holds(module_of(type, {1, 256}, bytes_of(bytes))));
  Module two = module_of("Q4_K", {1, 256}, bytes_of(bytes));
  two.parts["scales"] = two.parts[""];
  CHECK(!kGguf.holds(two));
  for (const std::string type :
       {"IQ2_XXS", "IQ2_XS", "IQ2_S", "IQ3_XXS", "IQ3_S", "IQ1_S", "IQ1_M", "Q8_1", "Q8_K"}) {
    CHECK(kGguf.holds(module_of(type, {1, 256}, bytes_of(bytes))));
    CHECK(error_of(type, {1, 256}, bytes_of(bytes)) == "type " + type + " is not read yet");
  }
  CHECK(error_of("Q4_K", {0, 256}, {}) == "has no elements");
  CHECK(error_of("Q4_K", {1, 256}, bytes_of(bytes)) == "its bytes are not those of its shape");
}

TEST_CASE("a format that GGUF does not have, or rows that are no whole blocks, are not written") {
  const auto error = [](const Mode& mode, int block_size, std::int64_t cols) -> std::string {
    try {
      kGguf.pack({.format = {std::shared_ptr<void>(), &mode.format},
                  .planes = QuantizedMatrix(mode.format, block_size, 2, cols),
                  .shape = {2, cols}},
                 "a");
    } catch (const std::runtime_error& caught) {
      return caught.what();
    }
    return "";
  };
  CHECK(error(kNf4, 64, 256) == "GGUF has no type for this format");
  CHECK(error(kMxfp4, 32, 256).empty());
  CHECK(error(kQ4_0, 64, 256) == "GGUF has no type for this format");
  CHECK(error(kQ4_K, 32, 128).find("rows of 128 weights are no whole blocks of Q4_K") == 0);
}

}  // namespace qbench::test
