// SPDX-License-Identifier: Apache-2.0
// Takes samples of a device, accepts or discards each, and ends when there are enough.
#include "harness/measure/device_stopwatch.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <stdexcept>
#include <string>

namespace qbench {
namespace {

// In a sample, all in the device's queue at once. Halved whenever the host was too slow for that.
constexpr int kMostReplays = 64;

std::optional<double> median(std::vector<double> values) {
  if (values.empty()) return {};
  std::ranges::sort(values);
  return quantile(values, 0.5);
}

class Sampler {
 public:
  Sampler(Replay& replay, const Sampling& sampling)
      : replay_(replay), sampling_(sampling), traits_(replay.traits()) {}

  void warm_up() {
    for (std::int64_t i = 0; busy_ < sampling_.warm_up && i < sampling_.most; ++i) {
      const double seconds = take().seconds * traits_.runs;  // one replay's
      const double wanted = std::ceil(sampling_.sample_time / seconds);
      replays_ = static_cast<int>(std::clamp<double>(wanted, 1, most_replays_));
    }
    busy_ = 0;
  }

  Timing sample() {
    while (!enough() && !at_an_end()) {
      const Sample sample = take();
      ++taken_;
      if (const std::string why = why_unusable(sample); why.empty())
        keep(sample);
      else
        reason_ = why;
    }
    if (seconds_.empty())
      throw std::runtime_error(fmt::format(
          "verified, but without a time: all {} samples were set aside, the last for {}", taken_,
          reason_));
    return timing();
  }

 private:
  Sample take() {
    try {
      const double start = sampling_.clock();
      const Sample sample = replay_.sample(replays_);
      check_clock(sample.seconds * traits_.runs * replays_, sampling_.clock() - start);
      if (!sample.queued) most_replays_ = std::max(1, replays_ / 2);
      replays_ = std::min(replays_, most_replays_);
      return sample;
    } catch (const std::exception& error) {
      throw std::runtime_error(
          fmt::format("the device failed after {} samples: {}", taken_, error.what()));
    }
  }

  // Checks one sample, and the sum of all so far.
  void check_clock(double reported, double elapsed) {
    check_run(reported, elapsed);
    busy_ += reported;
    reported_ += reported;
    elapsed_ += elapsed;
    if (!(reported_ <= most_reported(elapsed_, ++readings_))) refuse_clock(reported_, elapsed_);
  }

  std::string why_unusable(const Sample& sample) const {
    if (!sample.unusable.empty()) return sample.unusable;
    const double clock = clock_of(sample).value_or(traits_.clock_hz);
    if (!(clock < sampling_.least_clock * traits_.clock_hz)) return {};
    return fmt::format("a clock of {:.0f} MHz, of {:.0f}: let the GPU cool, or lock its clocks",
                       clock * 1e-6, traits_.clock_hz * 1e-6);
  }

  static std::optional<double> clock_of(const Sample& sample) {
    return sample.cycles ? *sample.cycles / sample.seconds : sample.clock_hz;
  }

  void keep(const Sample& sample) {
    seconds_.push_back(sample.seconds);
    kept_ += sample.seconds * traits_.runs * replays_;
    if (sample.cycles) cycles_.push_back(*sample.cycles);
    if (const auto clock = clock_of(sample)) clocks_.push_back(*clock);
    if (sample.power_w) powers_.push_back(*sample.power_w);
  }

  bool enough() const {
    const auto count = static_cast<std::int64_t>(seconds_.size());
    if (count < sampling_.least || kept_ < sampling_.min_time) return false;
    const Timing t = summarize(seconds_);
    const double half = (t.q3 - t.q1) / 2, root = std::sqrt(static_cast<double>(count));
    return 1.2533 / 0.6745 * half / root <= sampling_.spread * t.median;
  }

  bool at_an_end() const { return taken_ >= sampling_.most || busy_ >= sampling_.max_time; }

  Timing timing() const {
    Timing out = summarize(seconds_);
    out.discarded = taken_ - out.samples;
    out.cycles = median(cycles_);
    out.clock_hz = median(clocks_);
    out.power_w = median(powers_);
    out.cache = traits_.cold ? "cold" : "warm";
    return out;
  }

  Replay& replay_;
  const Sampling sampling_;
  const ReplayTraits traits_;
  int replays_ = 1, most_replays_ = kMostReplays;     // per sample; all are queued at once
  double busy_ = 0, kept_ = 0;                        // seconds of all and of accepted samples
  double reported_ = 0, elapsed_ = 0, readings_ = 0;  // seconds and samples, with the warm-up's
  std::int64_t taken_ = 0;
  std::vector<double> seconds_, cycles_, clocks_, powers_;
  std::string reason_;  // why the last discarded sample was discarded
};

}  // namespace

Sampling sampling_for(double min_time) {
  Sampling sampling{.min_time = min_time};
  sampling.max_time = std::max(sampling.max_time, 10 * min_time);
  return sampling;
}

Timing measure(Replay& replay, const Sampling& sampling) {
  Sampler sampler(replay, sampling);
  sampler.warm_up();
  return sampler.sample();
}

}  // namespace qbench
