// SPDX-License-Identifier: Apache-2.0
// The lines that a change adds, by git diff.
#include "harness/gates/locate.h"

#include <algorithm>
#include <cctype>
#include <cstdlib>
#include <sstream>
#include <vector>

#include "harness/gates/process.h"

namespace qbench {
namespace {

struct Place {
  std::string file;
  int line;  // the first that is added in it
};

// "@@ -a,b +LINE,COUNT @@"; 0 where nothing is added.
int added_line(const std::string& hunk) {
  const std::size_t plus = hunk.find(" +");
  if (plus == hunk.npos) return 0;
  const bool none = hunk.substr(plus, hunk.find(" @@", plus) - plus).ends_with(",0");
  return none ? 0 : std::atoi(hunk.c_str() + plus + 2);
}

std::vector<Place> changed_places(const std::string& base) {
  const Ended diff = run_process(
      {.arguments = {"git", "diff", "--unified=0", "--no-color", "--no-ext-diff", "--src-prefix=a/",
                     "--dst-prefix=b/", "--end-of-options", base, "--"}});
  std::vector<Place> places;
  std::istringstream lines(diff.code == 0 ? diff.out : "");
  std::string file;
  for (std::string line; std::getline(lines, line);) {
    if (line.starts_with("+++ ")) file = line.starts_with("+++ b/") ? line.substr(6) : "";
    const int added = line.starts_with("@@ ") && !file.empty() ? added_line(line) : 0;
    if (added > 0) places.push_back({file, added});
    if (added > 0) file.clear();
  }
  return places;
}

// The value of "/key:value/" in the id of a case, without what follows a '-': nf4 of nf4-dq.
std::string stem_of(const std::string& subject, const std::string& key) {
  const std::size_t at = subject.find("/" + key + ":");
  if (at == subject.npos) return {};
  const std::string value = subject.substr(at + key.size() + 2);
  return value.substr(0, value.find_first_of("/-"));
}

// Whether a path has the word, not within a longer one: fp4 in modes/fp4.h, but not in mxfp4.h.
bool has_word(const std::string& path, const std::string& word) {
  const auto is_letter = [&](std::size_t i) {
    return i < path.size() && std::isalnum(static_cast<unsigned char>(path[i]));
  };
  for (std::size_t at = 0; !word.empty() && (at = path.find(word, at)) != path.npos; ++at)
    if ((at == 0 || !is_letter(at - 1)) && !is_letter(at + word.size())) return true;
  return false;
}

// How likely the place is to be the reason.
int relevance(const Place& place, const Finding& finding) {
  const auto named = [&](const std::string& word) { return has_word(place.file, word); };
  if (place.file == finding.file) return 4;
  if (named(stem_of(finding.subject, "mode"))) return 3;
  if (named(stem_of(finding.subject, "kernel"))) return 2;
  return place.file.starts_with("kernels/") || place.file.starts_with("reference/") ? 1 : 0;
}

bool fails(const Finding& finding) {
  return finding.judgement == Judgement::slow || finding.judgement == Judgement::breach;
}

}  // namespace

void locate(std::span<Finding> findings, const std::string& base) {
  if (base.empty() || std::ranges::none_of(findings, fails)) return;
  const std::vector<Place> places = changed_places(base);
  if (places.empty()) return;
  for (Finding& finding : findings) {
    if (!fails(finding)) continue;
    const auto place = std::ranges::max_element(
        places, {}, [&](const Place& each) { return relevance(each, finding); });
    const bool same_file = place->file == finding.file;
    if (!same_file) finding.file = place->file;
    if (!same_file || finding.line == 0) finding.line = place->line;
  }
}

}  // namespace qbench
