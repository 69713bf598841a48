// SPDX-License-Identifier: Apache-2.0
// The README's glossary and the record name the same fields.
#include <fstream>
#include <iterator>
#include <string>

#include "reports/fields.h"
#include "tests/catch.h"
#include "tests/tree.h"

using namespace qbench;

TEST_CASE("the glossary of the README has every field of the record") {
  std::ifstream file(test::in_tree("README.md"));
  const std::string readme(std::istreambuf_iterator<char>(file), {});
  const std::size_t begin = readme.find("## The record: fields");
  REQUIRE(begin != readme.npos);
  const std::string glossary = readme.substr(begin, readme.find("\n## ", begin + 1) - begin);
  for (const Field& field : result_fields()) {
    CAPTURE(field.name);
    CHECK(glossary.find("`" + std::string(field.name) + "`") != glossary.npos);
  }
}
