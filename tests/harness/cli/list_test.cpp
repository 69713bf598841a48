// SPDX-License-Identifier: Apache-2.0
// The answers of the command to --help, --version and --list.
#include <cstdlib>
#include <set>
#include <sstream>

#include "harness/cli/options.h"
#include "tests/catch.h"
#include "tests/harness/cli/command_line.h"

namespace qbench {
namespace {

using namespace test;

TEST_CASE("help, version and list are answered on stdout with exit code 0") {
  for (const char* option : {"--help", "-h", "--version", "--list"}) {
    CAPTURE(option);
    const Parsed parsed = parse({option});
    CHECK(parsed.exit_code.value_or(1) == 0);
    CHECK(parsed.err == "");
    CHECK(!parsed.out.empty());
  }
  CHECK(contains(parse({"--version"}).out, "qbench 0."));
  CHECK(contains(parse({"--help"}).out, "qbench --suite gemm --modes nf4,fp4,int8"));
  for (const Mode* mode : all_modes())
    CHECK(contains(list_text("", all_kernels()), std::string(mode->name) + " "));
  for (const Model& model : all_models())
    CHECK(contains(list_text("", all_kernels()), std::string(model.name) + " "));
}

TEST_CASE("a part of the list is that part alone") {
  const std::string modes = parse({"--list", "modes"}).out;
  CHECK(modes == list_text("modes", all_kernels()));
  CHECK(contains(modes, "nf4 "));
  CHECK_FALSE(contains(modes, "Kernels"));
}

TEST_CASE("the list of modes is by family, then by bits, with who uses each, in 100 columns") {
  std::istringstream text(list_text("modes", all_kernels()));
  std::string_view family;
  double bits = 0;
  std::size_t shown = 0;
  for (std::string line; std::getline(text, line);) {
    CAPTURE(line);
    CHECK(line.size() <= 100);
    std::istringstream words(line);
    std::string name;
    double per_param = 0;
    words >> name >> per_param;
    const Mode* mode = find_mode(name);
    if (!line.starts_with("    ") || mode == nullptr || !words) continue;
    CHECK((mode->family != family || bits <= per_param));
    family = mode->family;
    bits = per_param;
    ++shown;
  }
  CHECK(shown == all_modes().size());
  CHECK(contains(list_text("modes", all_kernels()), "llama.cpp\n"));
  CHECK(contains(list_text("modes", all_kernels()), "    int8-row              8+32/k     -  "));
  CHECK(contains(list_text("modes", all_kernels()), "common: bf16 int8"));
}

TEST_CASE("the list of modes is as narrow as COLUMNS, and no row is another's but for its name") {
  const std::string before = std::getenv("COLUMNS") ? std::getenv("COLUMNS") : "";
  ::setenv("COLUMNS", "80", 1);
  std::istringstream text(list_text("modes", all_kernels()));
  before.empty() ? ::unsetenv("COLUMNS") : ::setenv("COLUMNS", before.c_str(), 1);
  for (std::string line; std::getline(text, line);) CHECK(line.size() <= 80);
  std::set<std::string_view> summaries;
  for (const Mode* mode : all_modes()) {
    CAPTURE(mode->name, mode->summary);
    CHECK(summaries.insert(mode->summary).second);
  }
}

TEST_CASE("help of a subcommand is its own") {
  const Parsed help = parse({"ab", "--help"});
  CHECK(help.exit_code == 0);
  CHECK(contains(help.out, "--calibrate"));
  CHECK_FALSE(contains(help.out, "--errors"));
}

}  // namespace
}  // namespace qbench
