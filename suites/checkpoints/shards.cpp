// SPDX-License-Identifier: Apache-2.0
// Compares the numbers in names of files with the files that were read.
#include "suites/checkpoints/shards.h"

#include <fmt/format.h>
#include <re2/re2.h>

#include <set>

#include "suites/checkpoints/tensors/tensor_unusable.h"

namespace qbench {
namespace {

namespace fs = std::filesystem;

// What the shards of one model have in common.
struct Split {
  fs::path folder;
  std::string stem;  // "model"
  int shards = 0;
  auto operator<=>(const Split&) const = default;
};

std::string file_name(const Split& split, int number) {
  return fmt::format("{}-{:05}-of-{:05}.safetensors", split.stem, number, split.shards);
}

}  // namespace

std::string missing_shards(std::span<const fs::path> files) {
  static const RE2 pattern(R"((.*)-\d{5}-of-(\d{5})\.safetensors)");
  std::set<fs::path> given;
  for (const fs::path& file : files) given.insert(file.lexically_normal());
  std::set<Split> splits;
  for (const fs::path& file : given) {
    Split split = {.folder = file.parent_path()};
    if (RE2::FullMatch(file.filename().string(), pattern, &split.stem, &split.shards))
      splits.insert(split);
  }
  int all = 0;
  std::vector<std::string> missing;
  for (const Split& split : splits) {
    all += split.shards;
    for (int number = 1; number <= split.shards; ++number)
      if (const std::string name = file_name(split, number); !given.contains(split.folder / name))
        missing.push_back(name);
  }
  if (missing.empty()) return "";
  return fmt::format("{} of its {} shards ({}): give the folder that has all, or the index",
                     missing.size(), all, some_of(missing, 1));
}

}  // namespace qbench
