// SPDX-License-Identifier: Apache-2.0
// A folder for one test's files, gone afterwards.
#pragma once

#include <filesystem>
#include <fstream>
#include <string>

#include "harness/process/process.h"

namespace qbench::test {

class TestFolder {
 public:
  std::string operator/(const std::string& name) const { return (folder() / name).string(); }
  std::string path() const { return folder_.path(); }
  // Makes the folders of `name` as well.
  void write(const std::string& name, const std::string& bytes) const {
    std::filesystem::create_directories((folder() / name).parent_path());
    std::ofstream(folder() / name, std::ios::binary) << bytes;
  }
  void write_index(const std::string& weight_map,
                   const std::string& name = "model.safetensors.index.json") const {
    write(name, R"({"metadata":{"total_size":8},"weight_map":{)" + weight_map + "}}");
  }

 private:
  std::filesystem::path folder() const { return folder_.path(); }
  TemporaryFolder folder_;
};

}  // namespace qbench::test
