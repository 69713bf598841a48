// SPDX-License-Identifier: Apache-2.0
// Files that are written beside their place, and what processes that were killed have left there.
#include "reports/file.h"

#include <fcntl.h>
#include <unistd.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>

#include "tests/catch.h"

namespace qbench {
namespace {

// A folder for one test's files, gone afterwards.
class TestFolder {
 public:
  TestFolder() {
    path_ = (std::filesystem::temp_directory_path() / "qbench-XXXXXX").string();
    REQUIRE(::mkdtemp(path_.data()) != nullptr);
  }
  TestFolder(const TestFolder&) = delete;
  ~TestFolder() { std::filesystem::remove_all(path_); }
  std::string operator/(const std::string& name) const { return path_ + "/" + name; }
  void write(const std::string& name, const std::string& text) const {
    std::filesystem::create_directories(std::filesystem::path(*this / name).parent_path());
    std::ofstream(*this / name) << text;
  }

 private:
  std::string path_;
};

std::string text_of(const std::string& path) {
  std::ifstream file(path);
  return {std::istreambuf_iterator<char>(file), {}};
}

bool is_there(const std::string& path) { return std::filesystem::exists(path); }

}  // namespace

TEST_CASE("a file takes its place when it is whole, with pieces at any offset") {
  const TestFolder folder;
  {
    NewFile file(folder / "a");
    file.write("ab");
    file.write_at(4, "ef");
    file.write_at(2, "cd");
    CHECK_FALSE(is_there(folder / "a"));
    file.keep();
  }
  CHECK(text_of(folder / "a") == "abcdef");
  { const NewFile unfinished(folder / "a"); }
  CHECK(text_of(folder / "a") == "abcdef");
}

TEST_CASE("what a killed process left half-written is removed when its place is written again") {
  const TestFolder folder;
  folder.write("a.999999999.part", "half");
  folder.write("a.999999998.part/inner/b", "half of a folder");
  const char* const others[] = {"b.999999999.part", "a.x.part",           "a..part",
                                "a.-1.part",        "a.99999999999.part", "a.999999999.part2",
                                "aa.999999999.part"};
  for (const char* other : others) folder.write(other, "another's");
  write_file(folder / "a", "whole");
  CHECK(text_of(folder / "a") == "whole");
  CHECK_FALSE(is_there(folder / "a.999999999.part"));
  CHECK_FALSE(is_there(folder / "a.999999998.part"));
  for (const char* other : others) CHECK(is_there(folder / other));
}

TEST_CASE("what a living process has made and not locked yet is left alone") {
  const TestFolder folder;
  const std::string living = "a." + std::to_string(::getppid()) + ".part",
                    own = "a." + std::to_string(::getpid()) + ".part";
  folder.write(living, "half");
  folder.write(own, "half, of a dead process of the same number");
  write_file(folder / "a", "whole");
  CHECK(text_of(folder / "a") == "whole");
  CHECK(is_there(folder / living));
}

TEST_CASE("what a process writes is left alone while it is locked") {
  const TestFolder folder;
  folder.write("a.999999999.part", "half");
  const int file = ::open((folder / "a.999999999.part").c_str(), O_WRONLY | O_CLOEXEC);
  lock_unfinished(file);
  write_file(folder / "a", "whole");
  CHECK(is_there(folder / "a.999999999.part"));
  ::close(file);
  write_file(folder / "a", "whole");
  CHECK_FALSE(is_there(folder / "a.999999999.part"));
}

TEST_CASE("a full disk is one line that names the file") {
  if (!is_there("/dev/full")) QBENCH_SKIP("no /dev/full");
  CHECK_THROWS_WITH(write_file("/dev/full", "text"),
                    ContainsSubstring("cannot write /dev/full: No space left on device"));
}

}  // namespace qbench
