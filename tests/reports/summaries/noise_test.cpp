// SPDX-License-Identifier: Apache-2.0
// Times that are not to be trusted: their marks, the stars that others lose by them, the note.
#include "reports/summaries/noise.h"

#include <utility>

#include "reports/results/sections.h"
#include "tests/catch.h"
#include "tests/reports/samples.h"

using namespace qbench;

namespace {

// Three modes of products that are clearly apart: nf4 is the fastest, then fp4, then int8.
std::vector<Result> products() {
  return {samples::gemm("nf4", 64, {4.5, 20.7, 0.01, 0.010}, "bf16"),
          samples::gemm("fp4", 64, {4.5, 18.2, 0.01, 0.020}, "bf16"),
          samples::gemm("int8", 64, {8.5, 43.1, 0.01, 0.040}, "bf16")};
}

// The marks of a column of the only section, a character a row.
std::string marks(const std::vector<Result>& results, const std::string& heading) {
  const auto sections = make_sections(results);
  REQUIRE(sections.size() == 1);
  std::string out;
  for (const SectionColumn& column : sections[0].columns)
    if (column.heading[0] == heading)
      for (const Cell& cell : column.cells) out += " *~"[static_cast<int>(cell.mark)];
  return out;
}

constexpr const char* kTimed[] = {"time", "+-", "GFLOP", "GB"};

}  // namespace

TEST_CASE("the fastest has the star where the spreads are apart") {
  CHECK(marks(products(), "time") == "*  ");
  CHECK(marks(products(), "GFLOP") == "*  ");
  CHECK(marks(products(), "+-") == "   ");
}

TEST_CASE("a time that reaches into the spread of another has no star, nor has its rate") {
  auto results = products();
  results[0].seconds_q3 = 0.0121;
  results[1].seconds_q1 = 0.0120;
  results[1].seconds = 0.0125;
  results[1].seconds_q3 = 0.0126;
  results[1].flops_per_second = *results[1].flops / 0.0125;
  CHECK(marks(results, "time") == "   ");
  CHECK(marks(results, "GFLOP") == "   ");
  results[1].seconds_q1 = 0.0122;
  CHECK(marks(results, "time") == "*  ");
  CHECK(marks(results, "GFLOP") == "*  ");
  results[2].seconds_q1 = 0.001;  // the third reaches further than the second
  results[2].seconds_q3 = 0.001;
  CHECK(marks(results, "time") == "   ");
}

TEST_CASE("a spread needs a time and both its quartiles") {
  const Result whole = products()[0];
  REQUIRE(spread_of(whole));
  CHECK(spread_of(whole)->low == Approx(0.995));
  CHECK(spread_of(whole)->high == Approx(1.015));
  for (const auto figure : {&Result::seconds, &Result::seconds_q1, &Result::seconds_q3}) {
    Result lacking = whole;
    (lacking.*figure).reset();
    CHECK_FALSE(spread_of(lacking));
    CHECK_FALSE(spread_percent(lacking));
    CHECK(noise_of(lacking).empty());
  }
  Result at_once = whole;
  at_once.seconds = 0;
  CHECK_FALSE(spread_of(at_once));
}

TEST_CASE("a time without quartiles has no star") {
  auto results = products();
  results[0].seconds_q1.reset();
  CHECK(marks(results, "time") == "   ");
  CHECK(marks(results, "SQNR") == "  *");
}

TEST_CASE("a noisy row is marked in every column that comes from its time and in no other") {
  auto results = products();
  results[1].noise = "CPU time is 43 % of wall time";
  for (const char* heading : kTimed) CHECK(marks(results, heading).substr(1, 1) == "~");
  CHECK(marks(results, "SQNR") == "  *");
  CHECK(marks(results, "bits/") == "** ");
  CHECK(marks(results, "weights") == "** ");
}

TEST_CASE("nobody has the star where the fastest is noisy") {
  auto results = products();
  results[0].noise = "busy";
  for (const char* heading : kTimed) {
    CAPTURE(heading);
    CHECK(marks(results, heading).find('*') == std::string::npos);
    CHECK(marks(results, heading)[0] == '~');
  }
}

TEST_CASE("a noisy row that was once faster than the best leaves it no star") {
  auto results = products();
  results[1].noise = "busy";
  CHECK(marks(results, "time") == "*~ ");
  results[1].seconds_min = 0.009;
  CHECK(marks(results, "time") == " ~ ");
  results[1].seconds_min.reset();
  CHECK(marks(results, "time") == " ~ ");
}

TEST_CASE("what reads the same as the best shares its star") {
  auto results = products();
  results[1].seconds = 0.0100001;
  results[1].seconds_q1 = 0.0099;
  results[1].seconds_q3 = 0.0101;
  CHECK(marks(results, "time") == "** ");
  results[1].noise = "busy";
  CHECK(marks(results, "time") == "*~ ");
  std::swap(results[0].noise, results[1].noise);
  CHECK(marks(results, "time") == "~  ");
}

TEST_CASE("quartiles more than 25 % of the median apart are noise where the record says nothing") {
  auto results = products();
  results[2].seconds_q1 = 0.0300;
  results[2].seconds_q3 = 0.0399;
  CHECK(noise_of(results[2]).empty());
  results[2].seconds_q3 = 0.0405;
  CHECK(noise_of(results[2]) == "its quartiles are 26 % apart");
  for (const char* heading : kTimed) CHECK(marks(results, heading)[2] == '~');
}

TEST_CASE("whatever the record, no spread above 25 % stands without its mark") {
  for (int percent = 0; percent < 200; ++percent) {
    auto results = products();
    results[1].seconds_q1 = 0.020 * (1 - percent * 0.005);
    results[1].seconds_q3 = 0.020 * (1 + percent * 0.005);
    const bool marked = marks(results, "+-")[1] == '~';
    CAPTURE(percent);
    REQUIRE((marked || *spread_percent(results[1]) <= 25));
    REQUIRE(marked == (percent > 25));
  }
}

TEST_CASE("the note says each reason once, of which modes, and what to do") {
  auto results = products();
  CHECK(noise_note(results).empty());
  results[0].noise = "CPU time is 43 % of wall time";
  CHECK(
      noise_note(results).starts_with("~ 1 time is not to be trusted: CPU time is 43 % of wall "
                                      "time (nf4). Close other programs"));
  results[1].noise = "CPU time is 51.5 % of wall time";
  results[2].noise = "the median is twice the least\n";
  const std::string note = noise_note(results);
  CHECK(
      note.starts_with("~ 3 times are not to be trusted: e.g. CPU time is 43 % of wall time (nf4, "
                       "fp4); the median is twice the least\\n (int8). Close"));
  for (const char* advice : {"--threads 1", "--min-time", "qbench ab --instructions"})
    CHECK(note.find(advice) != note.npos);
}

TEST_CASE("the note names four reasons and four modes and counts the rest") {
  std::vector<Result> results;
  for (char reason = 'a'; reason < 'g'; ++reason)
    for (char mode = 'p'; mode < 'v'; ++mode) {
      results.push_back(products()[0]);
      results.back().mode = std::string(1, mode);
      results.back().noise = std::string("reason ") + reason;
    }
  CHECK(noise_note(results).starts_with(
      "~ 36 times are not to be trusted: reason a (p, q, r, s and 2 more); reason b (p, q, r, s "
      "and 2 more); reason c (p, q, r, s and 2 more); reason d (p, q, r, s and 2 more); and 2 more "
      "reasons (see --report csv). Close"));
}

TEST_CASE("noise of what has no time is no note") {
  auto results = products();
  results[0].noise = "busy";
  results[0].seconds.reset();
  CHECK(noise_note(results).empty());
  results = products();
  results[0].noise = "busy";
  results[0].status = Status::wrong;
  CHECK(noise_note(results).empty());
}
