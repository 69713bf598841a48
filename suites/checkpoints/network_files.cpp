// SPDX-License-Identifier: Apache-2.0
// Finds the files of a network by their names.
#include "suites/checkpoints/network_files.h"

#include <re2/re2.h>

#include <filesystem>
#include <set>
#include <system_error>

namespace qbench {
namespace {

namespace fs = std::filesystem;

bool is_of_network(const fs::path& file) {
  static const RE2 pattern(
      R"((?i)config.*\.json$|\.index\.|tokenizer|tokens_map|vocab|merges|modules\.json$)");
  return RE2::PartialMatch(file.filename().string(), pattern);
}

void add_network(const std::vector<Tensor>& tensors, std::set<std::string>& files) {
  std::set<fs::path> folders;
  for (const std::string& file : files_of(tensors)) {
    files.insert(file);
    folders.insert(fs::absolute(file).parent_path());
  }
  std::error_code unreadable;
  for (const fs::path& folder : folders)
    for (const fs::directory_entry& entry : fs::directory_iterator(folder, unreadable))
      if (is_of_network(entry.path())) files.insert(entry.path().string());
}

}  // namespace

std::vector<std::string> files_of(const std::vector<Tensor>& tensors) {
  std::set<std::string> files;
  for (const Tensor& tensor : tensors) files.insert(tensor.file);
  return {files.begin(), files.end()};
}

std::vector<std::string> files_of_network(const Checkpoint* checkpoint,
                                          const Originals* originals) {
  std::set<std::string> files;
  if (checkpoint) add_network(checkpoint->tensors(), files);
  if (originals) add_network(originals->tensors(), files);
  return {files.begin(), files.end()};
}

}  // namespace qbench
