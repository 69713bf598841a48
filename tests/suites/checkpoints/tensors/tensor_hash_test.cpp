// SPDX-License-Identifier: Apache-2.0
// The hash of what was read depends on the tensors alone.
#include "suites/checkpoints/tensors/tensor_hash.h"

#include "suites/checkpoints/checkpoint.h"
#include "tests/catch.h"
#include "tests/suites/checkpoints/checkpoints.h"

using namespace qbench;
using namespace qbench::test;

namespace {

const std::string kNumbers("\0\0\x80\x3f\0\0\0\xc0", 8);  // 1, -2 in F32

std::string hash(const std::vector<std::string>& specs, const TensorRules& rules = {}) {
  return content_hash(Checkpoint(specs, rules).tensors());
}

std::string hash_of(const std::string& name, const std::string& dtype, const std::string& shape,
                    const std::string& data) {
  const TestFolder folder;
  folder.write("a", one_tensor(name, dtype, shape, data));
  return hash({folder / "a"});
}

}  // namespace

TEST_CASE("the hash is XXH3 over the stream that its source describes") {
  const TestFolder folder;
  const std::string header = R"({"b":{"dtype":"BF16","shape":[2],"data_offsets":[0,4]},)"
                             R"("c":{"dtype":"I8","shape":[1],"data_offsets":[12,13]},)"
                             R"("a":{"dtype":"F32","shape":[2,1],"data_offsets":[4,12]}})";
  folder.write("ab", safetensors_bytes(header, std::string("\x80\x3f\0\xc0", 4) + kNumbers + "x"));
  // By the Python package xxhash, over "a" and then "b"; "c" cannot be used.
  CHECK(hash({folder / "ab"}) == "xxh3:1f54955cc850bbcf92eaa6499fae5e35");
}

TEST_CASE("another split, order or layout gives the same hash") {
  const TestFolder folder;
  folder.write("all.safetensors", f32_file_of({{"a", {2, 3}}, {"b", {4}}, {"c", {2, 2, 40}}}));
  folder.write("split/2.safetensors", f32_file_of({{"a", {2, 3}}}));
  folder.write("split/1.safetensors", f32_file_of({{"c", {2, 2, 40}}, {"b", {4}}}));
  const std::string whole = hash({folder / "all.safetensors"});
  CHECK(hash({folder / "split"}) == whole);
  CHECK(hash({folder / "split/1.safetensors", folder / "split/2.safetensors"}) == whole);
  CHECK(hash({folder / "all.safetensors"}, {.layouts = {parse_layout_rule("c=convolution")}}) ==
        whole);
  CHECK(hash({folder / "all.safetensors"}, {.exclude = {"b"}}) != whole);
}

TEST_CASE("name, dtype, shape and every byte count") {
  const std::string first = hash_of("a", "F32", "[2]", kNumbers);
  CHECK(hash_of("a", "F32", "[2]", kNumbers) == first);
  CHECK(hash_of("b", "F32", "[2]", kNumbers) != first);
  CHECK(hash_of("a", "F32", "[1,2]", kNumbers) != first);
  CHECK(hash_of("a", "F16", "[4]", kNumbers) != hash_of("a", "BF16", "[4]", kNumbers));
  for (std::size_t i = 0; i < kNumbers.size(); ++i) {
    CAPTURE(i);
    std::string other = kNumbers;
    other[i] = static_cast<char>(other[i] ^ 1);
    CHECK(hash_of("a", "F32", "[2]", other) != first);
  }
}
