// SPDX-License-Identifier: Apache-2.0
// Finds the other parts by the name of one, and checks split.no, split.count, split.tensors.count.
#include "suites/checkpoints/gguf/gguf_split.h"

#include <fmt/format.h>
#include <re2/re2.h>

#include <optional>
#include <string>

#include "reports/text/text.h"
#include "suites/checkpoints/fail_file.h"
#include "suites/checkpoints/gguf/gguf_header.h"
#include "suites/checkpoints/mapped_file.h"

namespace qbench {
namespace {

namespace fs = std::filesystem;

constexpr std::uint64_t kMostParts = 9999;

// What the name of a file says.
struct PartName {
  std::string model;
  std::uint64_t number, count;  // number from 1 on
};

std::optional<PartName> part_name(const std::string& file) {
  static const RE2 pattern(R"((.*)-(\d{5})-of-(\d{5})\.gguf)");
  PartName name;
  if (!RE2::FullMatch(file, pattern, &name.model, &name.number, &name.count)) return std::nullopt;
  return name;
}

std::string name_of(const std::string& model, std::uint64_t number, std::uint64_t count) {
  return fmt::format("{}-{:05}-of-{:05}.gguf", model, number, count);
}

// What the key-values of a file say: the number is from 0 on, as split.no is.
struct Split {
  std::uint64_t number, count, tensors_of_all, tensors;
};

Split split_of(const fs::path& file) {
  const MappedFile mapped(file.string());
  const GgufHeader header = parse_gguf_header(mapped.bytes());
  return {.number = header.whole_number("split.no").value_or(0),
          .count = header.whole_number("split.count").value_or(0),
          .tensors_of_all = header.whole_number("split.tensors.count").value_or(0),
          .tensors = header.tensors.size()};
}

// The files beside `file` that its name asks for. Throws if one is missing.
std::vector<fs::path> files_of(const fs::path& file, const PartName& name) {
  if (name.number < 1 || name.number > name.count || name.count > kMostParts)
    fail_file("its name is that of part " + std::to_string(name.number) + " of " +
              std::to_string(name.count));
  std::vector<fs::path> files;
  for (std::uint64_t number = 1; number <= name.count; ++number) {
    const std::string part = name_of(name.model, number, name.count);
    files.push_back(file.parent_path() / part);
    std::error_code ignored;
    if (!fs::exists(files.back(), ignored))
      fail_file("is part " + std::to_string(name.number) + " of " + std::to_string(name.count) +
                ", and " + in_quotes(part) + " is not there: download it");
  }
  return files;
}

void check_part(const fs::path& file, const Split& split, std::size_t number, std::size_t count) {
  if (split.number != number || split.count != count)
    fail_file(in_quotes(file.filename().string()) + " says that it is part " +
              std::to_string(split.number + 1) + " of " + std::to_string(split.count));
}

void check_parts(const std::vector<fs::path>& files) {
  std::uint64_t tensors = 0, of_all = 0;
  for (std::size_t i = 0; i < files.size(); ++i) {
    const Split split = split_of(files[i]);
    check_part(files[i], split, i, files.size());
    tensors += split.tensors;
    of_all = i == 0 ? split.tensors_of_all : of_all;
  }
  if (tensors != of_all)
    fail_file("its " + std::to_string(files.size()) + " parts have " + std::to_string(tensors) +
              " tensors, where the first says " + std::to_string(of_all));
}

}  // namespace

std::vector<fs::path> gguf_parts(const fs::path& file) {
  const std::optional<PartName> name = part_name(file.filename().string());
  if (name && name->count > 1) {
    std::vector<fs::path> files = files_of(file, *name);
    check_parts(files);
    return files;
  }
  const Split split = split_of(file);
  if (split.count > 1)
    fail_file("is part " + std::to_string(split.number + 1) + " of " + std::to_string(split.count) +
              " of a model: give all of them their names, such as " +
              in_quotes(name_of("NAME", split.number + 1, split.count)));
  return {file};
}

}  // namespace qbench
