// SPDX-License-Identifier: Apache-2.0
// measure on a fake device, whose every sample is what the test says.
#include "harness/measure/device_stopwatch.h"

#include <cmath>
#include <functional>
#include <limits>
#include <stdexcept>

#include "tests/catch.h"
#include "tests/harness/fakes.h"

namespace qbench {
namespace {

using namespace test;

constexpr double kClock = 2e9, kRun = 1e-5;  // what the device is made for; seconds of a run then

using Script = std::function<Sample(int)>;  // of the number of samples before

class FakeDevice final : public Replay {
 public:
  explicit FakeDevice(Script script) : script_(std::move(script)) { fake_now = 0; }
  ReplayTraits traits() const override { return traits_; }
  Sample sample(int times) override {
    times_ = times;
    Sample sample = script_(samples_++);
    if (times > most_queued_) {
      sample.queued = false;
      sample.unusable = "launches that were not queued";
    }
    fake_now += sample.seconds * traits_.runs * times / reported_;
    return sample;
  }

  ReplayTraits traits_ = {.runs = 10, .cold = true, .clock_hz = kClock};
  int samples_ = 0, times_ = 0, most_queued_ = 64;
  double reported_ = 1;  // of a second that passes

 private:
  Script script_;
};

// A run of kRun * kClock cycles, whatever the clock.
Sample at_clock(double clock_hz) {
  Sample sample;
  sample.cycles = kRun * kClock;
  sample.seconds = *sample.cycles / clock_hz;
  sample.power_w = 500;
  return sample;
}
Sample steady(int) { return at_clock(kClock); }

Sample of_seconds(double seconds) {
  Sample sample;
  sample.seconds = seconds;
  return sample;
}

Timing measured(Replay& replay, Sampling sampling = {}) {
  sampling.clock = fake_seconds;
  return measure(replay, sampling);
}

std::string message(Replay& replay, const Sampling& sampling = {}) {
  try {
    measured(replay, sampling);
  } catch (const std::runtime_error& error) {
    return error.what();
  }
  return "nothing was thrown";
}

constexpr Sampling kCold = {.warm_up = 0, .min_time = 0};  // the first sample counts

}  // namespace

TEST_CASE("a steady device: its time, cycles, clock and power, with nothing set aside") {
  FakeDevice device(steady);
  const Timing timing = measured(device);
  CHECK(timing.median == Approx(kRun));
  CHECK(timing.min == timing.q3);
  CHECK(timing.cycles.value() == Approx(kRun * kClock));
  CHECK(timing.clock_hz.value() == Approx(kClock));
  CHECK(timing.power_w.value() == 500);
  CHECK(timing.discarded == 0);
  CHECK(timing.cache == "cold");
  device.traits_.cold = false;
  CHECK(measured(device).cache == "warm");
}

TEST_CASE("what is not known is left out: cycles and clock, power") {
  FakeDevice device([](int) { return of_seconds(kRun); });
  const Timing timing = measured(device);
  CHECK_FALSE(timing.cycles.has_value());
  CHECK_FALSE(timing.clock_hz.has_value());
  CHECK_FALSE(timing.power_w.has_value());
  CHECK(timing.discarded == 0);
}

TEST_CASE("a sample repeats what is short until its clock can tell the time") {
  FakeDevice device(steady);  // a replay takes 0.1 ms
  measured(device, {.sample_time = 2e-3});
  CHECK(device.times_ == 20);
  measured(device, {.sample_time = 1});
  CHECK(device.times_ == 64);  // more would not be queued
  device.traits_.runs = 100000;
  measured(device, {.sample_time = 2e-3});
  CHECK(device.times_ == 1);
}

TEST_CASE("a host too slow to queue a sample's replays in time gets half as many, until it can") {
  FakeDevice device(steady);
  device.most_queued_ = 9;
  const Timing timing = measured(device, {.sample_time = 1});
  CHECK(device.times_ == 8);  // of 64, 32, 16, 8
  CHECK(timing.median == Approx(kRun));
  CHECK(timing.discarded <= 3);
  device.most_queued_ = 0;
  CHECK_THAT(message(device), ContainsSubstring("not queued"));
  CHECK(device.times_ == 1);
}

TEST_CASE("the warm-up does not count: slow first samples leave no trace") {
  FakeDevice device([](int i) { return at_clock(i < 2 ? kClock / 2 : kClock); });
  const Timing timing = measured(device, {.warm_up = 5e-4});
  CHECK(timing.q3 == Approx(kRun));
  CHECK(timing.discarded == 0);
}

TEST_CASE("sampling goes on until the median is known to the spread that was asked for") {
  const auto noisy = [](int i) { return of_seconds(kRun * (1 + 0.01 * (i % 3 - 1))); };
  FakeDevice quiet(steady), loud(noisy), strict(noisy);
  CHECK(measured(quiet, kCold).samples == 10);
  Sampling sampling = kCold;
  sampling.spread = 0.002;
  const Timing timing = measured(loud, sampling);
  const auto count = static_cast<double>(timing.samples);
  CHECK(timing.samples > 10);
  CHECK(1.858 * (timing.q3 - timing.q1) / 2 / std::sqrt(count) <= 0.00201 * timing.median);
  sampling.spread = 0.001;
  CHECK(measured(strict, sampling).samples > 3 * timing.samples);
}

TEST_CASE("samples fill the least time, and end at the most time and the most samples") {
  const auto samples = [](const Script& script, const Sampling& sampling) {
    FakeDevice device(script);
    return measured(device, sampling).samples;
  };
  const auto noisy = [](int i) { return of_seconds(kRun * (1 + i % 2)); };
  CHECK(samples(steady, {.warm_up = 0, .min_time = 0.00195}) == 20);  // of 0.1 ms each
  CHECK(samples(noisy, {.warm_up = 0, .min_time = 0, .max_time = 0.00295}) == 20);
  CHECK(samples(noisy, {.warm_up = 0, .min_time = 0, .most = 33}) == 33);
  CHECK(samples(noisy, {.warm_up = 1, .min_time = 0, .max_time = 0.09}) > 10);  // its time is over
}

TEST_CASE("a throttled sample is set aside and counted, by its clock or by what the driver says") {
  for (const char* reason : {"", "hardware thermal slowdown"}) {
    FakeDevice device([&](int i) {
      if (i % 4 != 2) return at_clock(kClock);
      Sample throttled = at_clock(*reason ? kClock : 0.7 * kClock);
      if (*reason) throttled = of_seconds(7);  // whose clock is not known
      throttled.unusable = reason;
      return throttled;
    });
    Sampling sampling = kCold;
    sampling.max_time = 1e6;
    const Timing timing = measured(device, sampling);
    CHECK(timing.samples == 10);
    CHECK(timing.discarded == 3);
    CHECK(timing.q3 == Approx(kRun));
    CHECK(timing.clock_hz.value() == Approx(kClock));
  }
}

TEST_CASE("where only the driver tells the clock, that one is held to the device's") {
  FakeDevice device([](int i) {
    Sample sample = of_seconds(kRun);
    sample.clock_hz = i == 4 ? kClock / 3 : kClock;
    return sample;
  });
  CHECK(measured(device, kCold).discarded == 1);
}

TEST_CASE("a clock that drifts: cycles stay, and what falls below three quarters is set aside") {
  FakeDevice device([](int i) { return at_clock(kClock * (1 - 0.01 * i)); });
  Sampling sampling = kCold;
  sampling.spread = 0;  // never enough
  sampling.most = 40;
  const Timing timing = measured(device, sampling);
  CHECK(timing.samples == 26);  // 1.00 to 0.75 of the clock
  CHECK(timing.discarded == 14);
  CHECK(timing.cycles.value() == Approx(kRun * kClock));
  CHECK(timing.clock_hz.value() == Approx(0.875 * kClock));
  CHECK(timing.median > 1.1 * kRun);
}

TEST_CASE("where every sample is throttled there is no time, and the reason says what to do") {
  FakeDevice device([](int) { return at_clock(kClock / 2); });
  const std::string text = message(device, {.warm_up = 0, .most = 12});
  CHECK(text ==
        "verified, but without a time: all 12 samples were set aside, the last for a clock of "
        "1000 MHz, of 2000: let the GPU cool, or lock its clocks");
}

TEST_CASE("an event that fails ends the measurement, and says after how many samples") {
  FakeDevice device([](int i) {
    if (i == 7) throw DeviceError("cudaEventElapsedTime: invalid argument");
    return at_clock(kClock);
  });
  CHECK(message(device, kCold) ==
        "the device failed after 7 samples: cudaEventElapsedTime: invalid argument");
}

TEST_CASE("a clock that tells nonsense is an error, in the warm-up too") {
  constexpr double kInfinity = std::numeric_limits<double>::infinity();
  for (const double seconds : {0.0, -1.0, kInfinity, std::nan("")}) {
    FakeDevice device([=](int) { return of_seconds(seconds); });
    CHECK(message(device).find("the device failed after 0 samples: the kernel's clock shows") == 0);
  }
}

TEST_CASE("a device that tells more seconds than have passed has failed") {
  FakeDevice fast(steady);
  fast.reported_ = 1.02;
  CHECK(message(fast).find("the device failed after ") == 0);
  CHECK(message(fast).find("the kernel's clock shows ") != std::string::npos);
  fast.reported_ = 1.009;  // crystals differ
  CHECK(measured(fast).median == Approx(kRun));
  FakeDevice late([](int i) { return of_seconds(i < 40 ? kRun : 10 * kRun); });
  late.traits_.runs = 1;
  late.reported_ = 0.5;
  CHECK(measured(late).samples > 0);  // the host does more than wait
}

TEST_CASE("a device of short runs is not suspected for the readings of its clock") {
  FakeDevice device([](int) { return of_seconds(1e-6); });
  device.traits_.runs = 1;
  device.reported_ = 1.07;  // 64 replays of 1 us, and 4 us of readings
  Sampling sampling = kCold;
  sampling.warm_up = 1e-7;  // one sample, which finds how many replays to make
  sampling.sample_time = 64e-6;
  CHECK(measured(device, sampling).median == Approx(1e-6));
  CHECK(device.times_ == 64);
}

TEST_CASE("a clock that hardly moves ends at the most samples, the warm-up too") {
  FakeDevice device([](int) { return of_seconds(1e-15); });
  Sampling sampling;
  sampling.most = 50;
  CHECK(measured(device, sampling).samples == 50);
  CHECK(device.samples_ == 100);
}

TEST_CASE("the least time is of samples that count, however many are set aside") {
  const auto every_other = [](int i) { return at_clock(i % 2 ? kClock / 2 : kClock); };
  FakeDevice device(every_other);
  const Timing timing = measured(device, {.warm_up = 0, .min_time = 0.00195, .max_time = 1});
  CHECK(timing.samples == 20);  // of 0.1 ms each
  CHECK(timing.discarded == 19);
}

TEST_CASE("a long least time raises the most time, a short one leaves it") {
  CHECK(sampling_for(0).max_time == 3);
  CHECK(sampling_for(0.3).max_time == 3);
  CHECK(sampling_for(0.5).max_time == 5);
  CHECK(sampling_for(20).max_time == 200);
  CHECK((sampling_for(20).min_time == 20 && sampling_for(20).least == Sampling().least));
}

}  // namespace qbench
