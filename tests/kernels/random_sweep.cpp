// SPDX-License-Identifier: Apache-2.0
// Random cases over modes, kernels, block sizes, shapes, types and inputs, on the CPU and the
// emulator, each verified as a sweep verifies it and never timed.
//     random_sweep [--seed SEED] [--cases COUNT]    by default 1 and 1000
// Prints each case that is wrong or an error, its reason, and the command that runs it again; exit
// 1 when there is one, or when none passed.
#include <fmt/format.h>

#include <charconv>
#include <cstdio>
#include <limits>
#include <stdexcept>
#include <string_view>

#include "harness/run/run.h"
#include "tests/kernels/random_cases.h"

using namespace qbench;

namespace {

struct Asked {
  std::uint64_t seed = 1;
  std::uint32_t cases = 1000;
};

template <class Number>
Number number(std::string_view option, std::string_view text) {
  Number value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc() || end != text.data() + text.size())
    throw std::invalid_argument(fmt::format("{} takes a whole number, not '{}'", option, text));
  return value;
}

Asked parse(int argc, char** argv) {
  Asked asked;
  for (int i = 1; i < argc; i += 2) {
    const std::string_view option = argv[i], value = i + 1 < argc ? argv[i + 1] : "";
    if (option == "--seed")
      asked.seed = number<std::uint64_t>(option, value);
    else if (option == "--cases")
      asked.cases = number<std::uint32_t>(option, value);
    else
      throw std::invalid_argument(
          fmt::format("unknown option '{}': there are --seed SEED and --cases COUNT", option));
  }
  return asked;
}

struct Counts {
  int passed = 0, skipped = 0, proved_nothing = 0, wrong = 0, errors = 0;

  void add(const Result& r) {
    if (r.reason.find("this input proves nothing") != std::string::npos)
      ++proved_nothing;
    else
      ++(r.status == Status::passed    ? passed
         : r.status == Status::skipped ? skipped
         : r.status == Status::wrong   ? wrong
                                       : errors);
  }
  bool good() const { return wrong == 0 && errors == 0 && passed > 0; }
};

void show(const Result& r) {
  fmt::print("{} {}\n  {}\n  again: qbench --case '{}'\n",
             r.status == Status::wrong ? "wrong" : "error", r.id, r.reason, r.id);
  std::fflush(stdout);
}

Counts sweep(const Asked& asked) {
  const std::vector<test::Choice> choices = test::choices();
  const RunOptions options = {.timed = false,
                              .memory_bytes = std::numeric_limits<double>::infinity()};
  Inputs inputs(nullptr);
  Counts counts;
  for (std::uint32_t i = 0; i < asked.cases; ++i) {
    const Result r = run(test::random_case(asked.seed, i, choices), inputs, options);
    const int before = counts.wrong + counts.errors;
    counts.add(r);
    if (counts.wrong + counts.errors > before) show(r);
  }
  return counts;
}

}  // namespace

int main(int argc, char** argv) {
  try {
    const Asked asked = parse(argc, argv);
    const Counts counts = sweep(asked);
    fmt::print("seed {}: {} cases, {} passed, {} skipped, {} proved nothing, {} wrong, {} errors\n",
               asked.seed, asked.cases, counts.passed, counts.skipped, counts.proved_nothing,
               counts.wrong, counts.errors);
    return counts.good() ? 0 : 1;
  } catch (const std::exception& error) {
    fmt::print(stderr, "random_sweep: {}\n", error.what());
    return 1;
  }
}
