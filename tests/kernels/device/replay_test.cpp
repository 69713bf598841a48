// SPDX-License-Identifier: Apache-2.0
// The figures of a replay, on a fake device and a fake NVML; on the emulator it runs what the trial
// runs.
#include "kernels/device/replay.h"

#include <cstdlib>

#include "kernels/device/nvml.h"
#include "tests/catch.h"
#include "tests/kernels/check.h"

namespace qbench {
namespace {

constexpr const char* kLibrary = QBENCH_LIBRARIES "/fake_nvml.so";
constexpr const char* kGpu = "0000:1b:00.0";

// A variable of the environment while it lives.
class Variable {
 public:
  Variable(const char* name, const char* value) : name_(name) { setenv(name, value, 1); }
  ~Variable() { unsetenv(name_); }

 private:
  const char* name_;
};

// A device whose replays take the time that the test says. It has no memory of its own.
class FakeDevice final : public Device {
 public:
  explicit FakeDevice(DeviceTraits traits, Elapsed elapsed = {})
      : traits_(std::move(traits)), elapsed_(elapsed) {}
  void* allocate(std::size_t) override { throw DeviceOutOfMemory("a fake device"); }
  void free(void*) noexcept override {}
  void copy_to_device(void*, const void*, std::size_t) override {}
  void copy_to_host(void*, const void*, std::size_t) override {}
  void copy(void*, const void*, std::size_t) override {}
  void fill(void*, unsigned char, std::size_t) override {}
  void synchronize() override {}
  void launch(const LaunchConfig&, const KernelCall&) override {}
  std::size_t shared_limit() override { return 0; }
  double seconds_of(const std::function<void()>&) override { return 0; }
  DeviceTraits traits() override { return traits_; }
  std::unique_ptr<Recording> record(const std::function<void()>& work) override {
    struct Fake final : Recording {
      explicit Fake(Elapsed what) : elapsed(what) {}
      Elapsed replay(int) override { return elapsed; }
      Elapsed elapsed;
    };
    work();  // as a capture does
    return std::make_unique<Fake>(elapsed_);
  }

 private:
  DeviceTraits traits_;
  Elapsed elapsed_;
};

ReplayTraits rotated(std::size_t l2_bytes, std::size_t bytes, int copies_that_fit = 1000) {
  FakeDevice device({.l2_bytes = l2_bytes});
  int made = 0, run = 0;
  const auto replay = rotate(device, bytes, [&]() -> Run {
    if (made == copies_that_fit) throw DeviceOutOfMemory("no more");
    ++made;
    return [&] { ++run; };
  });
  CHECK(made == replay->traits().runs);
  CHECK(run == made);  // each copy is recorded once
  return replay->traits();
}

Sample sample_of(const char* pci_bus_id, Elapsed elapsed, int times) {
  FakeDevice device({.pci_bus_id = pci_bus_id, .l2_bytes = 100}, elapsed);
  return rotate(device, 50, [] { return [] {}; })->sample(times);  // 5 runs
}

}  // namespace

TEST_CASE("between two uses of a copy, others of more than twice the cache are used") {
  CHECK(rotated(100, 50).runs == 5);
  CHECK(rotated(100, 51).runs == 5);
  CHECK(rotated(100, 200).runs == 2);
  CHECK(rotated(100, 900).runs == 2);
  for (const std::size_t bytes : {50, 51, 200, 900}) CHECK(rotated(100, bytes).cold);
}

TEST_CASE("what cannot be rotated through so much is not called cold") {
  CHECK(rotated(0, 50).runs == 1);  // no cache is known
  CHECK_FALSE(rotated(0, 50).cold);
  CHECK(rotated(100000, 1).runs == 256);
  CHECK_FALSE(rotated(100000, 1).cold);
  CHECK(rotated(100, 50, 4).runs == 4);  // memory ends
  CHECK_FALSE(rotated(100, 50, 4).cold);
  CHECK_THROWS_AS(rotated(100, 50, 0), DeviceOutOfMemory);
}

TEST_CASE("one run is cold by itself if it uses more than twice the cache between two uses") {
  FakeDevice device({.l2_bytes = 100});
  int run = 0;
  const auto repeated = [&](std::size_t between) {
    return repeat(device, between, [&] { ++run; })->traits();
  };
  CHECK(repeated(199).runs == 1);
  CHECK_FALSE(repeated(199).cold);
  CHECK(repeated(200).cold);
  CHECK(run == 3);  // once a recording
  FakeDevice unknown({.l2_bytes = 0});
  CHECK_FALSE(repeat(unknown, 200, [] {})->traits().cold);
}

TEST_CASE("a sample is the mean of a run, in seconds and cycles") {
  const Sample sample = sample_of("", {.seconds = 30, .cycles = 600}, 3);
  CHECK(sample.seconds == 2);
  CHECK(sample.cycles.value() == 40);
  CHECK(sample.unusable.empty());
  CHECK_FALSE(sample.clock_hz.has_value());
  CHECK_FALSE(sample.power_w.has_value());
  CHECK_FALSE(sample_of("", {.seconds = 30}, 3).cycles.has_value());
}

TEST_CASE("a sample whose launches came too late does not count") {
  const Sample late = sample_of("", {.seconds = 30, .in_queue = false}, 3);
  CHECK(late.unusable == "launches that were not queued within a second");
  CHECK_FALSE(late.queued);
}

TEST_CASE("NVML tells clock, power and what throttles") {
  const Nvml nvml(kLibrary);
  REQUIRE(nvml.absent() == "");
  CHECK(nvml.driver() == "580.65.06");
  CHECK(nvml.state(kGpu).clock_hz.value() == 1755e6);
  CHECK(nvml.state(kGpu).power_w.value() == Approx(412.5));
  CHECK(nvml.state(kGpu).throttled.empty());
  const auto throttled = [&](const char* reasons) {
    const Variable set("FAKE_NVML_REASONS", reasons);
    return nvml.state(kGpu).throttled;
  };
  CHECK(throttled("5").empty());  // idle, power cap
  CHECK(throttled("8") == "hardware slowdown");
  CHECK(throttled("96") == "software thermal slowdown, hardware thermal slowdown");
  CHECK(throttled("128") == "power brake");
}

TEST_CASE("what NVML does not tell is left out") {
  const Nvml nvml(kLibrary);
  CHECK_FALSE(nvml.state("0000:ff:00.0").clock_hz.has_value());
  const Variable set("FAKE_NVML_POWER", "3");  // NVML_ERROR_NOT_SUPPORTED
  CHECK_FALSE(nvml.state(kGpu).power_w.has_value());
  CHECK(nvml.state(kGpu).clock_hz.has_value());
}

TEST_CASE("where NVML is absent, too old or broken it says so, and tells nothing") {
  CHECK(Nvml("libno-such.so.1").absent() == "libno-such.so.1 cannot be loaded");
  const std::string old = QBENCH_LIBRARIES "/fake_nvml_old.so";
  CHECK(Nvml(old).absent() == old + " has no nvmlDeviceGetCurrentClocksThrottleReasons");
  const Variable set("FAKE_NVML_INIT", "9");
  const Nvml broken(kLibrary);
  CHECK(broken.absent() == std::string("nvmlInit_v2 of ") + kLibrary + " failed with error 9");
  CHECK_FALSE(broken.state(kGpu).clock_hz.has_value());
  CHECK(broken.driver().empty());
}

TEST_CASE("a sample carries what NVML tells of its GPU") {
  const Variable library("QBENCH_NVML", kLibrary);  // read once
  const Sample calm = sample_of(kGpu, {.seconds = 30}, 3);
  CHECK(calm.clock_hz.value() == 1755e6);
  CHECK(calm.power_w.value() == Approx(412.5));
  CHECK(calm.unusable.empty());
  const Variable hot("FAKE_NVML_REASONS", "64");
  CHECK(sample_of(kGpu, {.seconds = 30}, 3).unusable == "hardware thermal slowdown");
}

TEST_CASE("a replay of a product does what the trial does once, on every copy of the weights") {
  const test::KeepOptions keep;
  // A cache that 256 copies of 1-bit weights fill twice.
  constexpr std::size_t kCacheBytes = 50000;
  for (const Kernel& kernel : test::kernels_of_pieces()) {
    const test::Inputs inputs(*kernel.mode, {16, 32, 128}, Dtype::bf16);
    const Problem problem = inputs.problem(kernel.op);
    if (!kernel.unsupported(problem).empty()) continue;
    CAPTURE(std::string(kernel.name), std::string(kernel.mode->name));
    test::emulator().options().l2_bytes = kCacheBytes;
    const std::unique_ptr<Trial> trial = kernel.prepare(problem);
    REQUIRE(trial->device() == &test::emulator());
    const auto launches = [&](const auto& work) {
      const std::uint64_t before = test::emulator().counts().launches;
      work();
      return test::emulator().counts().launches - before;
    };
    const std::uint64_t once = launches([&] { trial->run_once(); });
    const std::size_t before = trial->device()->memory().current;
    trial->poison();
    {
      const std::unique_ptr<Replay> replay = trial->replay();
      CHECK(replay->traits().cold);
      CHECK(trial->device()->memory().current >= before + 2 * kCacheBytes);
      const auto runs = static_cast<std::uint64_t>(replay->traits().runs);
      CHECK(launches([&] { replay->sample(2); }) == 2 * runs * once);
    }
    CHECK(trial->device()->memory().current == before);
    if (kernel.op != Op::matmul) continue;
    CHECK(verify_matmul(expected_matmul(inputs.x, inputs.quantized, inputs.dtype), trial->output(),
                        kernel.arithmetic)
              .wrong == "");
  }
}

}  // namespace qbench
