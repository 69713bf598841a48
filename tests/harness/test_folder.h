// SPDX-License-Identifier: Apache-2.0
// A folder for one test's files, gone afterwards.
#pragma once

#include <stdlib.h>

#include <filesystem>
#include <fstream>
#include <string>

#include "tests/catch.h"

namespace qbench::test {

class TestFolder {
 public:
  TestFolder() {
    std::string pattern =
        (std::filesystem::temp_directory_path() / "qbench_checkpoint_XXXXXX").string();
    REQUIRE(mkdtemp(pattern.data()) != nullptr);
    path_ = pattern;
  }
  ~TestFolder() {
    std::error_code ignored;
    std::filesystem::remove_all(path_, ignored);
  }
  TestFolder(const TestFolder&) = delete;
  TestFolder& operator=(const TestFolder&) = delete;

  std::string operator/(const std::string& name) const { return (path_ / name).string(); }
  std::string path() const { return path_.string(); }
  // Makes the folders of `name` as well.
  void write(const std::string& name, const std::string& bytes) const {
    std::filesystem::create_directories((path_ / name).parent_path());
    std::ofstream(path_ / name, std::ios::binary) << bytes;
  }
  void write_index(const std::string& weight_map,
                   const std::string& name = "model.safetensors.index.json") const {
    write(name, R"({"metadata":{"total_size":8},"weight_map":{)" + weight_map + "}}");
  }

 private:
  std::filesystem::path path_;
};

}  // namespace qbench::test
