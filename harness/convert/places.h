// SPDX-License-Identifier: Apache-2.0
// Places: which paths a checkpoint is read from and written to, and the files beside its weights.
#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <vector>

namespace qbench {

struct Places {
  std::filesystem::path in, out;
  bool folder;                                      // both are folders; else both are files
  std::optional<std::filesystem::path> index = {};  // name of the index in the folders
};

// `in` is a file, a folder or an index, which stands for its folder. Throws std::runtime_error with
// one line: there is no such file, `out` is there already, is in `in`, or cannot be made.
Places places_of(const std::string& in, const std::string& out);

// Files beside the weights of a folder, relative to it: those that are copied, and those that hold
// weights in some other form, which are not. Hidden files, config.json, indexes and what else says
// how weights were quantized are neither.
struct OtherFiles {
  std::vector<std::filesystem::path> copied, left_out;
};
OtherFiles other_files(const std::filesystem::path& folder);

// Bytes of those that are copied; 0 unless the places are folders.
std::int64_t bytes_beside(const Places& places);

// Throws std::runtime_error if fewer bytes than these are free on the disk of `out`.
void check_space(const std::filesystem::path& out, std::int64_t bytes);

// A folder that is filled beside its place, and takes it when it is whole.
class NewFolder {
 public:
  // Throws std::runtime_error where it cannot be made.
  explicit NewFolder(std::filesystem::path place);
  NewFolder(const NewFolder&) = delete;
  NewFolder& operator=(const NewFolder&) = delete;
  ~NewFolder();  // removes it with all that is in it unless it was kept

  const std::filesystem::path& path() const { return path_; }
  void keep();  // throws std::runtime_error likewise

 private:
  std::filesystem::path place_, path_;
  int lock_ = -1;
  bool kept_ = false;
};

}  // namespace qbench
