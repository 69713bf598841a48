// SPDX-License-Identifier: Apache-2.0
// The width of tables: where it comes from, and what a narrow table leaves out.
#include "reports/text/width.h"

#include <cstdlib>
#include <limits>
#include <optional>
#include <set>
#include <sstream>
#include <string>

#include "reports/results/report.h"
#include "reports/text/text.h"
#include "tests/catch.h"
#include "tests/reports/samples.h"

using namespace qbench;

namespace {

// COLUMNS for as long as it lives.
class Columns {
 public:
  explicit Columns(const char* value) {
    if (const char* before = std::getenv("COLUMNS")) before_ = before;
    ::setenv("COLUMNS", value, 1);
  }
  Columns(Columns&&) = delete;
  ~Columns() { before_ ? ::setenv("COLUMNS", before_->c_str(), 1) : ::unsetenv("COLUMNS"); }

 private:
  std::optional<std::string> before_;
};

std::vector<std::string> lines(const std::vector<Result>& results, std::size_t width) {
  std::istringstream text(find_report("table")->write(samples::environment(), results, width));
  std::vector<std::string> out;
  for (std::string line; std::getline(text, line);) out.push_back(line);
  return out;
}

// The names behind "no room for:", or none.
std::set<std::string> left_out(const std::vector<Result>& results, std::size_t width) {
  std::string all;
  int notes = 0;
  for (const std::string& line : lines(results, width))
    if (line.starts_with("no room for: ") || notes == 1) {
      all += (notes++ > 0 ? line.substr(1) : line.substr(13));
      if (line.find('(') != line.npos) ++notes;
    }
  std::set<std::string> out;
  std::istringstream names(all.substr(0, all.find(" (see")));
  for (std::string name; std::getline(names, name, ',');)
    out.insert(name.substr(name.find_first_not_of(' ')));
  return out;
}

}  // namespace

TEST_CASE("the width is what COLUMNS says where that is a number, at least 60") {
  for (const auto& [value, width] : {std::pair{"97", 97}, {"200", 200}, {"12", 60}}) {
    const Columns set(value);
    CHECK(table_width() == static_cast<std::size_t>(width));
  }
}

TEST_CASE("a COLUMNS that is no number counts for nothing") {
  const Columns empty("");
  const std::size_t without = table_width();
  for (const char* value : {"wide", "97x", "0", "-97", "99999999999999999999999"}) {
    const Columns set(value);
    CHECK(table_width() == without);
  }
}

TEST_CASE("every line of a table fits its width") {
  for (std::size_t width = 60; width < 150; ++width)
    for (const auto& results : {samples::generated(), samples::real_weights()})
      for (const std::string& line : lines(results, width)) {
        CAPTURE(width, line);
        REQUIRE(display_width(line) <= width);
      }
}

TEST_CASE("names that leave no room are shortened once more") {
  auto results = samples::generated();
  Result& odd = results[7];
  odd.mode = odd.kernel = odd.device = odd.dtype = std::string(300, 'x');
  odd.block_size = std::numeric_limits<std::int64_t>::max();
  for (const std::string& line : lines(results, 60)) {
    CAPTURE(line);
    CHECK(display_width(line) <= 60);
  }
}

TEST_CASE("columns go in one order whatever the content, bits, SQNR and time last") {
  const std::vector<std::string> order{"scratch", "weights",       "max error", "kernel error",
                                       "GB/s",    "GFLOP/s",       "Gweight/s", "bound gap dB",
                                       "+- %",    "output SQNR dB"};
  for (const auto& results : {samples::generated(), samples::real_weights()})
    for (std::size_t width = 60; width < 150; ++width) {
      const auto gone = left_out(results, width);
      const bool products = results.size() > 6;
      bool still = false;  // a column that is there: none behind it is gone
      for (const std::string& name : order) {
        if (!products && (name.starts_with("G") && name != "Gweight/s")) continue;
        if (!products && (name == "kernel error" || name == "output SQNR dB")) continue;
        CAPTURE(width, name);
        REQUIRE_FALSE((still && gone.contains(name)));
        still = still || !gone.contains(name);
      }
      REQUIRE_FALSE((gone.contains("bits/param") || gone.contains("SQNR dB")));
    }
  CHECK(left_out(samples::generated(), 60).contains("scratch"));
  CHECK(left_out(samples::generated(), 150).empty());
}

TEST_CASE("what is left out is left out of every section and told once") {
  int told = 0;
  for (const std::string& line : lines(samples::generated(), 100)) {
    const bool note = line.starts_with("no room for: ");
    told += note ? 1 : 0;
    if (note) CHECK(line == "no room for: weights, scratch (see --report markdown)");
    CHECK((note || line.find("scratch") == line.npos));
  }
  CHECK(told == 1);
}
