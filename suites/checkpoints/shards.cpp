// SPDX-License-Identifier: Apache-2.0
// Compares the numbers in names of files with the files that were read.
#include "suites/checkpoints/shards.h"

#include <fmt/format.h>
#include <re2/re2.h>

#include <filesystem>
#include <set>

#include "suites/checkpoints/tensor_unusable.h"

namespace qbench {
namespace {

// What the shards of one model have in common.
struct Split {
  std::string stem;  // "model"
  int shards = 0;
  auto operator<=>(const Split&) const = default;
};

std::string file_name(const Split& split, int number) {
  return fmt::format("{}-{:05}-of-{:05}.safetensors", split.stem, number, split.shards);
}

}  // namespace

std::string missing_shards(std::span<const Tensor> tensors) {
  static const RE2 pattern(R"((.*)-\d{5}-of-(\d{5})\.safetensors)");
  std::set<std::string> read;
  std::set<Split> splits;
  for (const Tensor& tensor : tensors) {
    const std::string name = std::filesystem::path(tensor.file).filename().string();
    Split split;
    if (read.insert(name).second && RE2::FullMatch(name, pattern, &split.stem, &split.shards))
      splits.insert(split);
  }
  int all = 0;
  std::vector<std::string> missing;
  for (const Split& split : splits) {
    all += split.shards;
    for (int number = 1; number <= split.shards; ++number)
      if (const std::string name = file_name(split, number); !read.contains(name))
        missing.push_back(name);
  }
  if (missing.empty()) return "";
  return fmt::format("{} of its {} shards ({}): give the folder that has all, or the index",
                     missing.size(), all, some_of(missing, 1));
}

}  // namespace qbench
