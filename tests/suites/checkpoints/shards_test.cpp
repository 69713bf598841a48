// SPDX-License-Identifier: Apache-2.0
// Models of which only some shards were read.
#include "suites/checkpoints/shards.h"

#include "tests/catch.h"

namespace qbench {
namespace {

std::string missing(const std::vector<std::filesystem::path>& files) {
  return missing_shards(files);
}

}  // namespace

TEST_CASE("shards that were not read are counted, and the first is named") {
  CHECK(missing({"m/model-00001-of-00004.safetensors", "m/model-00003-of-00004.safetensors",
                 "m/model-00003-of-00004.safetensors"}) ==
        "2 of its 4 shards ('model-00002-of-00004.safetensors' and "
        "'model-00004-of-00004.safetensors'): give the folder that has all, or the index");
  CHECK(missing({"model-00002-of-00004.safetensors"})
            .starts_with("3 of its 4 shards ('model-00001-of-00004.safetensors' and 2 more)"));
}

TEST_CASE("a whole model lacks no shard, whatever its files are called") {
  CHECK(missing({"model.safetensors"}) == "");
  CHECK(missing({"model-00001-of-00001.safetensors"}) == "");
  CHECK(missing({"a-00001-of-00002.safetensors", "a-00002-of-00002.safetensors"}) == "");
  CHECK(missing({"model-00001-of-00002.gguf"}) == "");
  CHECK(missing({"m/a-00001-of-00002.safetensors", "./m//a-00002-of-00002.safetensors"}) == "");
}

TEST_CASE("shards of one number in two models or folders are not taken for each other") {
  CHECK(missing({"a/model-00001-of-00002.safetensors", "b/model-00002-of-00002.safetensors"})
            .starts_with("2 of its 4 shards ('model-00002-of-00002.safetensors' and "));
  CHECK(missing({"a-00001-of-00002.safetensors", "b-00002-of-00002.safetensors"})
            .starts_with("2 of its 4 shards ('a-00002-of-00002.safetensors' and "));
}

}  // namespace qbench
