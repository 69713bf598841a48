// SPDX-License-Identifier: Apache-2.0
// Finds, in a sweep over m, from where on a mode's products are slower than bf16's.
#include "reports/summaries/break_even.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <cmath>
#include <iterator>
#include <map>

#include "reports/fields.h"
#include "reports/summaries/against_bf16.h"
#include "reports/summaries/noise.h"
#include "reports/text/text.h"

namespace qbench {
namespace {

// The fastest row of a mode at each m.
struct Curve {
  std::string mode;
  std::map<std::int64_t, const Result*> at;
};

// The curves of one weight matrix and input on one device, in the order of their first rows.
struct Group {
  const Result* first;
  std::vector<Curve> curves;
};

bool is_timed_product(const Result& r) {
  return r.status == Status::passed && r.m && r.seconds.value_or(0) > 0 &&
         std::isfinite(*r.seconds);
}

bool same_group(const Result& a, const Result& b) {
  return a.device == b.device && a.input == b.input && a.lora_rank == b.lora_rank &&
         agree(a, b, {Role::suite, Role::run, Role::weights});
}

void add(Group& group, const Result& r) {
  auto curve = std::ranges::find(group.curves, r.mode, &Curve::mode);
  if (curve == group.curves.end()) curve = group.curves.insert(curve, Curve{r.mode, {}});
  const Result*& fastest = curve->at[*r.m];
  if (fastest == nullptr || *r.seconds < *fastest->seconds) fastest = &r;
}

std::vector<Group> groups_of(std::span<const Result> results) {
  std::vector<Group> groups;
  for (const Result& r : results) {
    if (!is_timed_product(r)) continue;
    auto group =
        std::ranges::find_if(groups, [&](const Group& g) { return same_group(*g.first, r); });
    if (group == groups.end()) group = groups.insert(group, Group{&r, {}});
    add(*group, r);
  }
  return groups;
}

using Tokens = std::vector<std::int64_t>;

// The m at which both were timed, ascending, by what the mode is there; `last_slower` of them end
// in a run of slower ones.
struct Verdicts {
  Tokens all, faster, slower;
  std::size_t last_slower = 0;
  bool noisy = false;
};

Verdicts judge(const Curve& curve, const Curve& baseline) {
  Verdicts out;
  for (const auto& [m, row] : curve.at) {
    const auto other = baseline.at.find(m);
    if (other == baseline.at.end()) continue;
    const Result &a = *row, &b = *other->second;
    const bool same = spreads_overlap(a, b), slower = !same && *a.seconds > *b.seconds;
    out.all.push_back(m);
    if (!same) (slower ? out.slower : out.faster).push_back(m);
    out.last_slower = slower ? out.last_slower + 1 : 0;
    out.noisy = out.noisy || !noise_of(a).empty() || !noise_of(b).empty();
  }
  return out;
}

std::string list(const Tokens& tokens) { return fmt::format("m = {}", fmt::join(tokens, ", ")); }

std::string where_slower(const Verdicts& v) {
  const std::size_t before = v.slower.size() - v.last_slower;
  if (v.slower.size() == v.all.size()) return "slower at every m";
  if (v.last_slower == 0) return "slower only at " + list(v.slower);
  std::string out = fmt::format("slower from m = {} on", v.slower[before]);
  if (before > 0) out += " and at " + list({v.slower.begin(), v.slower.begin() + before});
  return out + (v.faster.empty() ? ", faster at none"
                                 : fmt::format(", last faster at {}", v.faster.back()));
}

std::string in_words(const Verdicts& v) {
  if (!v.slower.empty()) return where_slower(v);
  if (v.faster.size() == v.all.size()) return "faster at every m";
  return v.faster.empty() ? "as fast at every m" : "slower at none, faster at " + list(v.faster);
}

std::string title(const Result& r) {
  std::string out = fmt::format("against {} as m grows, ", kBaseline);
  out +=
      r.model.empty() ? fmt::format("{}x{}", r.n.value_or(0), r.k.value_or(0)) : printable(r.model);
  if (!r.tensor.empty()) out += " " + printable(r.tensor);
  if (r.lora_rank) out += fmt::format(" {} rank {}", printable(r.suite), *r.lora_rank);
  return out + fmt::format(" {} on {}", printable(r.input), printable(r.device));
}

}  // namespace

std::vector<std::string> break_even_lines(std::span<const Result> results) {
  std::vector<std::string> out;
  for (const Group& group : groups_of(results)) {
    const auto baseline = std::ranges::find(group.curves, kBaseline, &Curve::mode);
    if (baseline == group.curves.end()) continue;
    std::vector<std::string> modes;
    for (const Curve& curve : group.curves) {
      const Verdicts verdicts = judge(curve, *baseline);
      if (curve.mode == kBaseline || verdicts.all.size() < 2) continue;
      modes.push_back(printable(curve.mode) + " " + in_words(verdicts) +
                      (verdicts.noisy ? "~" : ""));
    }
    if (!modes.empty())
      out.push_back(fmt::format("{}: {}", title(*group.first), fmt::join(modes, "; ")));
  }
  return out;
}

}  // namespace qbench
