// SPDX-License-Identifier: Apache-2.0
// Findings: exit codes, verdicts, escapes, limits, and lines of JSON that are read back.
#include <stdexcept>
#include <string>
#include <vector>

#include "reports/findings/finding.h"
#include "tests/catch.h"
#include "tests/reports/findings/samples.h"

using namespace qbench;

namespace {

Finding make(const std::string& gate, Judgement judgement, const std::string& subject = "case") {
  return {gate, judgement, subject, "figure", "1", "2", "", "", "", 0};
}

// Findings of different figures, so that each has a cause of its own.
std::vector<Finding> many(std::size_t count, Judgement judgement) {
  std::vector<Finding> out;
  for (std::size_t i = 0; i < count; ++i) {
    out.push_back(make("errors", judgement));
    out.back().field = "figure" + std::to_string(i);
  }
  return out;
}

std::string write(const std::string& name, const std::vector<Finding>& findings,
                  Detail detail = Detail::brief) {
  for (const FindingReport& report : finding_reports())
    if (report.name == name) return report.write(findings, detail);
  FAIL("no report " << name);
  return "";
}

std::string first_line(const std::string& text) { return text.substr(0, text.find('\n')); }

std::string last_line(const std::string& text) {
  const std::size_t before = text.find_last_of('\n', text.size() - 2);
  return text.substr(before == text.npos ? 0 : before + 1);
}

std::ptrdiff_t occurrences(const std::string& text, const std::string& part) {
  std::ptrdiff_t count = 0;
  for (std::size_t at = text.find(part); at != text.npos; at = text.find(part, at + 1)) ++count;
  return count;
}

bool has(const std::string& text, const std::string& part) { return occurrences(text, part) > 0; }

std::string refusal(const std::string& lines) {
  try {
    read_findings(lines);
  } catch (const std::invalid_argument& error) {
    return error.what();
  }
  return "no error";
}

}  // namespace

TEST_CASE("the exit code is that of the worst finding") {
  for (const Judgement well :
       {Judgement::same, Judgement::fast, Judgement::recorded, Judgement::traded})
    CHECK(exit_code(std::vector{make("speed", well)}) == 0);
  std::vector<Finding> findings = {make("speed", Judgement::unjudged),
                                   make("speed", Judgement::same)};
  CHECK(exit_code(findings) == 1);
  findings.push_back(make("speed", Judgement::inconclusive));
  CHECK(exit_code(findings, false) == 1);
  CHECK(exit_code(findings) == 4);
  CHECK(exit_code(std::vector{make("speed", Judgement::clock)}) == 4);
  findings.push_back(make("speed", Judgement::incomparable));
  CHECK(exit_code(findings) == 5);
  findings.push_back(make("static", Judgement::breach));
  CHECK(exit_code(findings) == 3);
  CHECK(exit_code(std::vector{make("speed", Judgement::slow)}) == 3);
  findings.push_back(make("errors", Judgement::breach));
  CHECK(exit_code(findings) == 2);
}

TEST_CASE("what was skipped is not judged, and nothing judged does not pass") {
  const Finding skipped = make("speed", Judgement::skipped), same = make("errors", Judgement::same);
  CHECK(exit_code({}) == 1);
  CHECK(exit_code(std::vector{skipped, skipped}) == 1);
  CHECK(exit_code(std::vector{skipped, same}) == 0);
  CHECK(first_line(write("markdown", {})) ==
        "**qbench: nothing was judged: no gate found anything to judge**");
  CHECK(first_line(write("markdown", {skipped})) == "**qbench: nothing was judged: 1 skipped**");
  CHECK(write("text", {}) == "nothing was judged: no gate found anything to judge\n");
}

TEST_CASE("a gate as a whole is told in sentences") {
  const auto told = [](Judgement judgement, const std::string& reason) {
    const std::vector findings = {whole_gate("errors", judgement, reason)};
    return std::pair(first_line(write("text", findings)), first_line(write("markdown", findings)));
  };
  CHECK(told(Judgement::incomparable, "cannot read a: record it") ==
        std::pair(std::string("INCOMPARABLE errors: could not be judged: cannot read a: record it"),
                  std::string("**qbench: not comparable: the errors gate could not be judged**")));
  CHECK(told(Judgement::skipped, "no base") ==
        std::pair(std::string("SKIPPED errors: was skipped: no base"),
                  std::string("**qbench: nothing was judged: the errors gate was skipped**")));
  CHECK(told(Judgement::unjudged, "a holds no case") ==
        std::pair(std::string("UNJUDGED errors: judged nothing: a holds no case"),
                  std::string("**qbench: nothing was judged: the errors gate judged nothing**")));
}

TEST_CASE("the first line of a comment is the verdict in plain words") {
  std::vector<Finding> findings = many(2, Judgement::same);
  findings.push_back(make("speed", Judgement::same));
  CHECK(first_line(write("markdown", findings)) == "**qbench: passed: 3 same**");
  findings.push_back(make("speed", Judgement::inconclusive));
  CHECK(first_line(write("markdown", findings)) == "**qbench: inconclusive: 1 row inconclusive**");
  findings.push_back(make("speed", Judgement::incomparable));
  CHECK(first_line(write("markdown", findings)) ==
        "**qbench: not comparable: 1 row not comparable, 1 row inconclusive**");
  findings = {make("static", Judgement::breach), make("speed", Judgement::slow),
              make("errors", Judgement::breach), make("errors", Judgement::breach)};
  CHECK(first_line(write("markdown", findings)) ==
        "**qbench: failed: 2 errors changed, static gate 1 breach, 1 row slower**");
  findings = {make("instructions", Judgement::breach)};
  CHECK(first_line(write("markdown", findings)) ==
        "**qbench: failed: 1 row with more instructions**");
  findings.push_back(findings.front());
  CHECK(first_line(write("markdown", findings)) ==
        "**qbench: failed: 2 rows with more instructions**");
}

TEST_CASE("a comment has 50 rows, says how many are left out, and fits into GitHub's limit") {
  CHECK(occurrences(write("markdown", many(50, Judgement::breach)), "| BREACH |") == 50);
  const std::string comment = write("markdown", many(52, Judgement::breach));
  CHECK(occurrences(comment, "| BREACH |") == 50);
  CHECK(
      has(comment, "\nleft out here: 2 more groups of 2 findings; --report jsonl=FILE has all\n"));
  std::vector<Finding> findings = many(50, Judgement::breach);
  for (Finding& finding : findings) {
    for (auto text : {&Finding::subject, &Finding::before, &Finding::after, &Finding::reason})
      finding.*text += std::string(10000, '|');
    finding.field += std::string(10000, '|');
  }
  findings.back().command = std::string(100000, 'x');
  const std::string longest = write("markdown", findings);
  CHECK(longest.size() < 65536);
  CHECK(longest.size() > 50000);
  CHECK(has(longest, "more left out here.\n"));
}

TEST_CASE("names in a comment are what they are, not Markdown") {
  CHECK(has(write("markdown", {make("errors", Judgement::breach, "a|b`c<i>\nd")}),
            "| a\\|b\\`c\\<i\\>\\\\nd |"));
}

TEST_CASE("text shows what is not SAME, and of speed every row") {
  const std::vector<Finding> findings = {
      make("errors", Judgement::same, "kept"), make("errors", Judgement::breach, "lost"),
      make("speed", Judgement::same, "steady"), make("speed", Judgement::same, "too")};
  const std::string text = write("text", findings);
  CHECK(!has(text, "kept"));
  CHECK(has(text, "BREACH errors: lost figure: 1 -> 2 (100 % larger)\n"));
  CHECK(has(text, "SAME       steady   figure       1      2\n"));
  CHECK(last_line(text) == "errors: 1 SAME, 1 BREACH; speed: 2 SAME\n");
}

TEST_CASE("names in text cannot move a terminal's cursor") {
  CHECK(has(write("text", {make("errors", Judgement::breach, "a\x1b[2Jb\n")}),
            "BREACH errors: a\\x1b[2Jb\\n figure"));
}

TEST_CASE("JUnit drops what XML cannot hold and escapes the rest") {
  Finding finding = make("errors", Judgement::breach, "a\x01<b>&\"\xEF\xBF\xBE\xC3\xA9\xFF");
  finding.command = "one\ntwo";
  const std::string xml = write("junit", {finding});
  CHECK(has(xml, "name=\"a&lt;b&gt;&amp;&quot;\xC3\xA9\xEF\xBF\xBD\""));
  CHECK(has(xml, "&#10;rerun: one&#10;two</failure>"));
}

TEST_CASE("JUnit counts failures, gates that could not judge, and what was skipped apart") {
  const std::string xml = write("junit", samples::findings());
  CHECK(has(xml,
            "<testsuites name=\"qbench\" tests=\"11\" failures=\"2\" errors=\"2\" "
            "skipped=\"3\">"));
  CHECK(has(xml,
            "<testsuite name=\"speed\" tests=\"6\" failures=\"1\" errors=\"1\" "
            "skipped=\"2\">"));
  CHECK(occurrences(xml, "<failure ") == 2);
  CHECK(occurrences(xml, "<error ") == 2);
  CHECK(occurrences(xml, "<skipped ") == 3);
}

TEST_CASE("JUnit says of every judgement whether the case passed") {
  const auto element = [](Judgement judgement) {
    const std::string xml = write("junit", {make("speed", judgement)});
    for (const std::string tag : {"failure", "error", "skipped", "system-out"})
      if (has(xml, "<" + tag)) return tag;
    return std::string();
  };
  CHECK(element(Judgement::same).empty());
  for (const Judgement well : {Judgement::fast, Judgement::recorded, Judgement::traded})
    CHECK(element(well) == "system-out");
  for (const Judgement open : {Judgement::skipped, Judgement::inconclusive, Judgement::clock})
    CHECK(element(open) == "skipped");
  for (const Judgement none : {Judgement::incomparable, Judgement::unjudged})
    CHECK(element(none) == "error");
  for (const Judgement failed : {Judgement::slow, Judgement::breach})
    CHECK(element(failed) == "failure");
}

TEST_CASE("a case of JUnit has one name, passed or failed, and all its fields inside") {
  Finding well = make("errors", Judgement::same), codes = make("errors", Judgement::breach);
  well.field.clear();
  codes.field = "codes";
  codes.file = "errors.ledger";
  codes.command = "rerun it";
  Finding scales = codes, new_field = codes;
  scales.field = "scales";
  new_field.judgement = Judgement::incomparable;
  new_field.field = new_field.file = "";
  const std::string head = "<testcase classname=\"qbench.errors\" name=\"case\"";
  CHECK(has(write("junit", {well}), head + "/>"));
  const std::string xml =
      write("junit", {new_field, codes, make("speed", Judgement::same), scales});
  CHECK(has(xml, "tests=\"1\" failures=\"1\" errors=\"0\""));
  CHECK(has(xml, head + " file=\"errors.ledger\"><failure type=\"BREACH\" "
                        "message=\"BREACH case codes: 1 -&gt; 2\">BREACH case codes: 1 -&gt; 2&#10;"
                        "BREACH case scales: 1 -&gt; 2&#10;INCOMPARABLE case: 1 -&gt; 2&#10;"
                        "rerun: rerun it</failure></testcase>"));
}

TEST_CASE("annotations are escaped as GitHub wants it") {
  Finding finding = make("errors", Judgement::breach, "50%,a:b");
  finding.file = "a,b:c%.cpp";
  finding.line = 7;
  finding.command = "one\r\ntwo";  // of a tensor: no line and no workflow command of its own
  CHECK(write("github", {finding}) ==
        "::error file=a%2Cb%3Ac%25.cpp,line=7,title=qbench%2C errors gate%3A BREACH::"
        "50%25,a:b figure: 1 -> 2 (100 %25 larger)%0Arerun: one\\r\\ntwo\n");
}

TEST_CASE("annotations are ten of a kind, the worst first, and the last counts the others") {
  std::vector<Finding> findings = many(12, Judgement::clock);
  findings.push_back(make("speed", Judgement::incomparable, "worst"));
  findings.push_back(make("speed", Judgement::same));
  findings.push_back(make("speed", Judgement::skipped));
  const std::string text = write("github", findings);
  CHECK(has(first_line(text), "::worst figure"));
  CHECK(occurrences(text, "::warning ") == 10);
  CHECK(last_line(text) ==
        "::notice title=qbench::3 warnings more not shown here: see the job's summary\n");
  CHECK(occurrences(text, "\n") == 11);
}

TEST_CASE("an error's breach is annotated before a speed's") {
  CHECK(has(first_line(write("github", {make("static", Judgement::breach, "second"),
                                        make("errors", Judgement::breach, "first")})),
            "first"));
}

TEST_CASE("without a finding there is no annotation, and every report is well-formed") {
  CHECK(write("github", {}).empty());
  CHECK(write("jsonl", {}).empty());
  CHECK(write("text", {}).starts_with("nothing was judged"));
  CHECK(has(write("junit", {}), "tests=\"0\""));
  CHECK(has(write("junit", {}), "</testsuites>"));
}

TEST_CASE("lines of JSON come back as they were") {
  const std::string lines = write("jsonl", samples::findings());
  const std::vector<Finding> back = read_findings(lines);
  REQUIRE(back.size() == samples::findings().size());
  CHECK(write("jsonl", back) == lines);
  CHECK(back[1].judgement == Judgement::breach);
  CHECK(back[1].after == "beef");
  CHECK(back[1].line == 12);
}

TEST_CASE("lines of another type and empty lines are passed over") {
  CHECK(read_findings("{\"type\":\"environment\",\"gate\":1}\n\n{}\n").empty());
}

TEST_CASE("a line that is no finding is refused, with its number") {
  const std::string start = "{\"type\":\"finding\",\"judgement\":\"SAME\",\"gate\":\"speed\"";
  const std::string good = start + ",\"subject\":\"a\"}\n";
  CHECK(read_findings(good).size() == 1);
  CHECK(refusal(good + "{") == "line 2: this is no object of JSON");
  CHECK(refusal(good + "\n[1]") == "line 3: this is no object of JSON");
  CHECK(refusal(start + "}") == "line 1: there is no subject");
  CHECK(refusal(start + ",\"subject\":1}") == "line 1: subject is no text");
  for (const char* line : {"0.5", "-1", "\"1\"", "2147483648"})
    CHECK(refusal(start + ",\"subject\":\"a\",\"line\":" + line + "}") ==
          "line 1: line is no line number");
  CHECK(read_findings(start + ",\"subject\":\"a\",\"line\":2147483647}").at(0).line == 2147483647);
  CHECK(refusal("{\"type\":\"finding\",\"judgement\":\"SAME\",\"subject\":\"a\"}") ==
        "line 1: there is no gate");
  CHECK(has(refusal("{\"type\":\"finding\",\"judgement\":\"FINE\"}"),
            "line 1: judgement is 'FINE': give one of SAME, FAST,"));
  CHECK(has(refusal("{\"type\":\"finding\"}"), "line 1: judgement is ''"));
}
