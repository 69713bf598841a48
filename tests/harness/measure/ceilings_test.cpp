// SPDX-License-Identifier: Apache-2.0
// Ceilings: on the emulator their kernels are right, on fakes their arithmetic is.
#include "harness/measure/ceilings.h"

#include "tests/catch.h"
#include "tests/harness/fakes.h"

namespace qbench {
namespace {

class Steady final : public Replay {
 public:
  explicit Steady(double seconds) : seconds_(seconds) {}
  ReplayTraits traits() const override { return {}; }
  Sample sample(int times) override {
    Sample sample;
    sample.seconds = seconds_;
    test::fake_now += seconds_ * times;
    return sample;
  }

 private:
  double seconds_;
};

class FakeCeiling final : public CeilingTrial {
 public:
  FakeCeiling(std::string_view name, double work, std::string wrong)
      : name_(name), work_(work), wrong_(std::move(wrong)) {}
  std::string_view name() const override { return name_; }
  double work() const override { return work_; }
  std::unique_ptr<Replay> replay() override { return std::make_unique<Steady>(0.5); }
  std::string wrong() override { return wrong_; }

 private:
  std::string_view name_;
  double work_;
  std::string wrong_;
};

Case case_of(const char* suite, const char* mode) {
  Case c;
  c.suite = find_suite(suite);
  c.mode = find_mode(mode);
  return c;
}

Result timed_ceiling(double seconds, double bytes, std::optional<double> flops) {
  Result r;
  r.seconds = seconds;
  r.bytes = bytes;
  r.flops = flops;
  return r;
}

}  // namespace

TEST_CASE("the kernels of the ceilings compute what they should, on the emulator") {
  // Not in multiples of the grid's threads, and more than one step of each.
  const CeilingTrials trials = emulated::ceilings(0, {.bytes = 16 * 9001, .iterations = 3});
  if (trials.empty()) QBENCH_SKIP("no headers of CUDA, so no emulator");
  REQUIRE(trials.size() == 4);
  for (const auto& trial : trials) {
    CAPTURE(std::string(trial->name()));
    const std::unique_ptr<Replay> replay = trial->replay();
    CHECK_FALSE(trial->wrong().empty());  // nothing has run yet
    replay->sample(1);
    CHECK(trial->wrong() == "");
  }
  CHECK(trials[0]->work() == 2.0 * 16 * 9001);
  CHECK(trials[1]->work() == 16.0 * 9001);
  CHECK(trials[3]->work() == 2 * trials[2]->work());  // s8 instructions are twice as deep
}

TEST_CASE("a ceiling is the work of a run over its time") {
  CeilingTrials trials;
  trials.push_back(std::make_unique<FakeCeiling>("copy", 8, ""));
  trials.push_back(std::make_unique<FakeCeiling>("read", 4, ""));
  trials.push_back(std::make_unique<FakeCeiling>("bf16", 16, ""));
  trials.push_back(std::make_unique<FakeCeiling>("s8", 32, "the products of s8 are wrong"));
  const Ceilings ceilings = measure_ceilings(trials, {.clock = test::fake_seconds});
  CHECK(ceilings.copy.value() == 16);
  CHECK(ceilings.read.value() == 8);
  CHECK(ceilings.bf16.value() == 32);
  CHECK_FALSE(ceilings.s8.has_value());  // a wrong ceiling has no speed
  CHECK(to_text(ceilings) ==
        "copy 16 bytes_per_second, read 8 bytes_per_second, bf16 32 flops_per_second, not "
        "measured: s8: the products of s8 are wrong");
}

TEST_CASE("the roofline is the slower of moving and computing, each at its own ceiling") {
  const Ceilings all = {.copy = 5, .read = 10, .bf16 = 100, .s8 = 200, .missing = ""};
  const Case gemm = case_of("gemm", "nf4"), int8 = case_of("gemm", "int8");
  CHECK(roofline_fraction(all, gemm, timed_ceiling(4, 20, 100)).value() == 0.5);  // 2 s of reading
  CHECK(roofline_fraction(all, gemm, timed_ceiling(4, 20, 300)).value() ==
        0.75);  // 3 s of products
  CHECK(roofline_fraction(all, int8, timed_ceiling(4, 10, 300)).value() ==
        0.375);  // 1.5 s of products
  const Case roundtrip = case_of("roundtrip", "nf4");
  CHECK(roofline_fraction(all, roundtrip, timed_ceiling(8, 20, {})).value() ==
        0.5);  // 4 s of copying
}

TEST_CASE("where a ceiling or a time is missing there is no fraction") {
  const Case gemm = case_of("gemm", "nf4"), int8 = case_of("gemm", "int8");
  const Ceilings no_s8 = {.copy = 5, .read = 10, .bf16 = 100, .s8 = {}, .missing = ""};
  CHECK(roofline_fraction(no_s8, gemm, timed_ceiling(4, 20, 100)).has_value());
  CHECK_FALSE(roofline_fraction(no_s8, int8, timed_ceiling(4, 20, 100)).has_value());
  CHECK_FALSE(roofline_fraction({}, gemm, timed_ceiling(4, 20, 100)).has_value());
  CHECK_FALSE(roofline_fraction(no_s8, gemm, Result{}).has_value());
}

TEST_CASE("devices without a clock of their own have no ceilings, and no condition tells of them") {
  CHECK_FALSE(ceilings_of({DeviceKind::cpu}).read.has_value());
  CHECK(to_text(ceilings_of({DeviceKind::emulated})).empty());
  Environment environment;
  Case c = case_of("gemm", "nf4");
  c.device = {DeviceKind::cpu};
  add_ceilings(environment, {c});
  CHECK(environment.empty());
}

}  // namespace qbench
