// SPDX-License-Identifier: Apache-2.0
// The journal and the files that appear whole or not at all.
#include "reports/journal/journal.h"

#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include <csignal>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <limits>
#include <nlohmann/json.hpp>
#include <stdexcept>
#include <string>

#include "reports/fields.h"
#include "reports/file.h"
#include "tests/catch.h"
#include "tests/reports/samples.h"

using namespace qbench;
namespace fs = std::filesystem;

namespace {

class Folder {
 public:
  Folder() {
    std::string name = (fs::temp_directory_path() / "qbench_XXXXXX").string();
    REQUIRE(::mkdtemp(name.data()) != nullptr);
    path_ = name;
  }
  ~Folder() { fs::remove_all(path_); }
  std::string operator/(const std::string& name) const { return (path_ / name).string(); }
  std::ptrdiff_t files() const { return std::distance(fs::directory_iterator(path_), {}); }

 private:
  fs::path path_;
};

std::string contents(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), {}};
}

void put(const std::string& path, const std::string& text) { std::ofstream(path) << text; }

template <class Action>
std::string error_of(Action action) {
  try {
    action();
  } catch (const std::runtime_error& error) {
    return error.what();
  }
  return "no error";
}

}  // namespace

TEST_CASE("figures of a journal line keep every digit") {
  for (const double figure :
       {0.1, 1.0 / 3, 4.126953125000001, 5e-324, 1.7976931348623157e308, -0.0}) {
    Result result;
    result.weight_nmse = figure;
    const auto line = nlohmann::json::parse(journal_line(result));
    CHECK(line.at("weight_nmse").get<double>() == figure);
  }
}

TEST_CASE("whole numbers of a journal line keep every digit") {
  Result result;
  result.seed = std::numeric_limits<std::uint64_t>::max();
  result.k = std::numeric_limits<std::int64_t>::max();
  const auto line = nlohmann::json::parse(journal_line(result));
  CHECK(line.at("seed").get<std::uint64_t>() == result.seed);
  CHECK(line.at("k").get<std::int64_t>() == result.k);
}

TEST_CASE("absent figures, empty names and what is no number are left out") {
  Result result;
  result.seconds = std::numeric_limits<double>::quiet_NaN();
  result.cycles = std::numeric_limits<double>::infinity();
  CHECK(journal_line(result) == R"({"type":"result","seed":0,"status":"passed"})");
}

TEST_CASE("a journal line is one line of UTF-8 whatever the names hold") {
  Result result;
  result.tensor = "a\nb\xff\"";
  const std::string line = journal_line(result);
  CHECK(line.find('\n') == line.npos);
  CHECK(nlohmann::json::parse(line).at("tensor") == "a\nb\xef\xbf\xbd\"");
}

TEST_CASE("a journal holds its environment, then every result as it is added") {
  const Folder folder;
  const auto results = samples::generated();
  Journal journal(folder / "run.jsonl", Journal::Open::create, samples::environment());
  std::string expected = journal_line(samples::environment()) + "\n";
  CHECK(contents(folder / "run.jsonl") == expected);
  for (const Result& result : results) {
    journal.add(result);
    expected += journal_line(result) + "\n";
    REQUIRE(contents(folder / "run.jsonl") == expected);
  }
}

TEST_CASE("a journal that exists is not overwritten") {
  const Folder folder;
  const std::string path = folder / "run.jsonl";
  put(path, "precious\n");
  CHECK(error_of([&] { Journal(path, Journal::Open::create, {}); }) ==
        path + " exists: give --append to add to it, or another name");
  CHECK(contents(path) == "precious\n");
}

TEST_CASE("appending ends a torn last line first") {
  const Folder folder;
  const std::string path = folder / "run.jsonl";
  const std::string line = journal_line(Environment{{"cpu", "x"}}) + "\n";
  put(path, line + "{\"type\":\"res");
  { Journal(path, Journal::Open::append, {{"cpu", "x"}}); }
  CHECK(contents(path) == line + "{\"type\":\"res\n" + line);
}

TEST_CASE("nothing is appended to a file that is no journal") {
  const Folder folder;
  const std::string path = folder / "model.safetensors";
  put(path, "whole\n");
  CHECK(error_of([&] { Journal(path, Journal::Open::append, {}); }) ==
        path + " is no journal of qbench: name another file");
  CHECK(contents(path) == "whole\n");
}

TEST_CASE("a journal in a folder that is not there is a clear error") {
  const Folder folder;
  const std::string path = folder / "missing/run.jsonl";
  CHECK(error_of([&] { Journal(path, Journal::Open::create, {}); }) ==
        "cannot open " + path + ": No such file or directory");
}

TEST_CASE("a file is written whole, with the usual rights, and replaces the old one") {
  const Folder folder;
  const std::string path = folder / "report.csv";
  put(path, "something longer than what comes");
  const mode_t mask = ::umask(027);
  write_file(path, "new\n");
  ::umask(mask);
  CHECK(contents(path) == "new\n");
  CHECK(folder.files() == 1);
  CHECK((fs::status(path).permissions() & fs::perms::mask) == fs::perms(0640));
}

TEST_CASE("a file that cannot be written leaves nothing behind") {
  const Folder folder;
  const std::string missing = folder / "missing/report.csv";
  CHECK(error_of([&] { write_file(missing, "text"); }).starts_with("cannot write " + missing));
  CHECK(folder.files() == 0);
  CHECK(error_of([&] { write_file(folder / ".", "text"); }).ends_with("Is a directory"));
}

TEST_CASE("a file that a full disk cuts short leaves the old one as it was") {
  const Folder folder;
  const std::string path = folder / "report.csv";
  put(path, "old");
  struct rlimit before {};
  REQUIRE(::getrlimit(RLIMIT_FSIZE, &before) == 0);
  const struct rlimit tiny { 1024, before.rlim_max };
  const auto handler = std::signal(SIGXFSZ, SIG_IGN);
  REQUIRE(::setrlimit(RLIMIT_FSIZE, &tiny) == 0);
  const std::string error = error_of([&] { write_file(path, std::string(4096, 'x')); });
  ::setrlimit(RLIMIT_FSIZE, &before);
  std::signal(SIGXFSZ, handler);
  CHECK(error == "cannot write " + path + ": File too large");
  CHECK(contents(path) == "old");
  CHECK(folder.files() == 1);
}

TEST_CASE("a file behind a symbolic link is replaced, the link stays") {
  const Folder folder;
  put(folder / "target", "old");
  fs::create_symlink("target", folder / "link");
  write_file(folder / "link", "new");
  CHECK(fs::is_symlink(folder / "link"));
  CHECK(contents(folder / "target") == "new");
  CHECK(folder.files() == 2);
}

TEST_CASE("a device is written straight") {
  write_file("/dev/null", "text");
  CHECK_FALSE(fs::is_regular_file("/dev/null"));
  CHECK(error_of([] { write_file("/dev/full", "text"); }) ==
        "cannot write /dev/full: No space left on device");
}
