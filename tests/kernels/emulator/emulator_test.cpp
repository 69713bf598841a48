// SPDX-License-Identifier: Apache-2.0
// The emulator as a device: windows of a grid, memory, options, counts and the profile.
#include "kernels/emulator/emulator.h"

#include <algorithm>
#include <cmath>
#include <limits>

#include "kernels/emulator/simt.h"
#include "tests/catch.h"

using namespace qbench;

namespace qbench::emulated {
namespace {

__global__ void record_order(int* order, int* count) {
  if (threadIdx.x == 0) order[atomicAdd(count, 1)] = static_cast<int>(blockIdx.x);
}

// Each lane reads 4 bytes `stride` words after its neighbour's.
__global__ void strided_reads(const float* in, float* out, int stride) {
  QBENCH_SHARED(float[32 * 8], tile);
  const int lane = static_cast<int>(threadIdx.x);
  tile[lane] = 0;
  __syncwarp();
  profile_global(in + lane * stride, 4);
  profile_shared(tile + lane * stride, 4);
  out[lane] = in[lane * stride];
}

// One byte each of more than 2^31.
__global__ void huge_grid(unsigned char* out, uint64_t n) {
  const uint64_t i = uint64_t{blockIdx.x} * blockDim.x + threadIdx.x;
  if (i < n) out[i] = static_cast<unsigned char>(i % 251 + 1);
}

__global__ void touches_nothing() {}

__global__ void copies_byte(const unsigned char* in, unsigned char* out) { *out = *in; }

std::vector<int> block_order(const EmulatorOptions& options) {
  Emulator device(options);
  const DeviceBuffer<int> order(device, 6), count(device, std::vector<int>{0});
  launch(device, {.grid = {6}, .block = {32}}, record_order, order.data(), count.data());
  return order.to_host();
}

}  // namespace
}  // namespace qbench::emulated

TEST_CASE("the first and the last blocks of a grid over more than 2^31 elements run alone") {
  constexpr std::uint64_t kN = (std::uint64_t{1} << 31) + 12345;
  constexpr unsigned kThreads = 256,
                     kBlocks = static_cast<unsigned>((kN + kThreads - 1) / kThreads);
  Emulator device;
  const DeviceBuffer<unsigned char> out(device, kN);
  device.options().last_block = 1;
  launch(device, {.grid = {kBlocks}, .block = {kThreads}}, emulated::huge_grid, out.data(), kN);
  device.options().first_block = -3;
  device.options().last_block = -1;
  launch(device, {.grid = {kBlocks}, .block = {kThreads}}, emulated::huge_grid, out.data(), kN);
  CHECK(device.counts().blocks == 5);
  const auto written = [&](std::uint64_t i) { return out.data()[i] == i % 251 + 1; };
  for (std::uint64_t i = 0; i < 2 * kThreads; ++i) REQUIRE(written(i));
  CHECK(out.data()[2 * kThreads] == 0);
  for (std::uint64_t i = (kBlocks - 3) * std::uint64_t{kThreads}; i < kN; ++i) REQUIRE(written(i));
  CHECK(out.data()[(kBlocks - 3) * std::uint64_t{kThreads} - 1] == 0);
}

TEST_CASE("schedules order the blocks") {
  using emulated::block_order;
  CHECK(block_order({.workers = 1}) == std::vector<int>{0, 1, 2, 3, 4, 5});
  CHECK(block_order({.schedule = Schedule::reverse, .workers = 1}) ==
        std::vector<int>{5, 4, 3, 2, 1, 0});
  EmulatorOptions random{.schedule = Schedule::random, .seed = 3, .workers = 1};
  std::vector<int> order = block_order(random);
  CHECK(order == block_order(random));
  CHECK(order != block_order({.workers = 1}));
  std::sort(order.begin(), order.end());
  CHECK(order == block_order({.workers = 1}));
}

TEST_CASE("device memory begins as poison") {
  for (const std::uint32_t poison : {0xffffffffu, 0x7e7e7e7eu}) {
    Emulator device({.poison = poison});
    const DeviceBuffer<std::uint32_t> words(device, 5);
    CHECK(words.to_host() == std::vector<std::uint32_t>(5, poison));
    const DeviceBuffer<unsigned char> bytes(device, 7);
    CHECK(bytes.to_host() == std::vector<unsigned char>(7, poison & 0xff));
    CHECK(reinterpret_cast<std::uintptr_t>(bytes.data()) % 256 == 0);
  }
}

// [overflow]: AddressSanitizer sees these itself, and there is no guard.
TEST_CASE("what is read past the end of an allocation is poison", "[overflow]") {
  for (const std::uint32_t poison : {0xffffffffu, 0x7e7e7e7eu})
    for (const std::size_t bytes : {1, 7, 4096}) {
      Emulator device({.poison = poison});
      const DeviceBuffer<unsigned char> in(device, bytes), out(device, 1);
      device.fill(in.data(), 0, bytes);
      for (const std::size_t past : {0, 1023}) {
        device.fill(out.data(), 0, 1);
        launch(device, {}, emulated::copies_byte, in.data() + bytes + past, out.data());
        CHECK(out.to_host()[0] == (poison & 0xff));
      }
    }
}

TEST_CASE("what is written past the end of an allocation is an error, once", "[overflow]") {
  Emulator device;
  const DeviceBuffer<unsigned char> in(device, std::vector<unsigned char>{0}), out(device, 7);
  for (const std::size_t past : {0, 1, 1023}) {
    std::string error;
    try {
      launch(device, {}, emulated::copies_byte, in.data(), out.data() + 7 + past);
    } catch (const DeviceError& caught) {
      error = caught.what();
    }
    INFO(error);
    CHECK(error.starts_with("global memory overflow: byte " + std::to_string(past) +
                            " past the end of an allocation of 7 bytes"));
    CHECK_NOTHROW(launch(device, {}, emulated::touches_nothing));
  }
}

TEST_CASE("memory that cannot be had is reported as such") {
  Emulator device;
  CHECK_THROWS_AS(device.allocate(std::size_t{1} << 60), DeviceOutOfMemory);
}

TEST_CASE("instructions with .ftz take and give zeros for subnormal numbers, of their sign") {
  constexpr float kSubnormal = 0x1p-127f, kNan = std::numeric_limits<float>::quiet_NaN();
  CHECK(emulated::ptx::mul_ftz(kSubnormal, 0x1p127f) == 0);
  CHECK(std::signbit(emulated::ptx::mul_ftz(-kSubnormal, 2)));
  CHECK(emulated::ptx::mul_ftz(0x1p-126f, 0.5f) == 0);
  CHECK(emulated::ptx::mul_ftz(-0x1p-126f, 3) == -3 * 0x1p-126f);
  CHECK(emulated::ptx::max_ftz(0, kSubnormal) == 0);
  CHECK(emulated::ptx::max_ftz(-kSubnormal, -1) == 0);
  CHECK(emulated::ptx::max_ftz(kNan, 2) == 2);
}

TEST_CASE("schedules are read from text") {
  EmulatorOptions options;
  set_schedule(options, "random:42");
  CHECK(options.schedule == Schedule::random);
  CHECK(options.seed == 42);
  set_schedule(options, "reverse");
  CHECK(options.schedule == Schedule::reverse);
  set_schedule(options, "forward");
  CHECK(options.schedule == Schedule::forward);
  for (const char* bad : {"", "random", "random:", "random:x", "random:1x", "backward"})
    CHECK_THROWS_AS(set_schedule(options, bad), std::invalid_argument);
}

TEST_CASE("launches, blocks and threads are counted") {
  Emulator device;
  launch(device, {.grid = {3, 2}, .block = {8, 4, 2}}, emulated::touches_nothing);
  CHECK(device.counts().launches == 1);
  CHECK(device.counts().blocks == 6);
  CHECK(device.counts().threads == 6 * 64);
}

TEST_CASE("the profile counts sectors and bank conflicts") {
  for (const unsigned stride : {1u, 2u, 8u}) {
    Emulator device({.profile = true});
    const DeviceBuffer<float> in(device, 256), out(device, 32);
    launch(device, {.block = {32}}, emulated::strided_reads, in.data(), out.data(),
           static_cast<int>(stride));
    REQUIRE(device.profile().size() == 2);
    for (const AccessProfile& line : device.profile()) {
      INFO(stride << (line.shared ? " shared" : " global"));
      CHECK(line.requests == 1);
      CHECK(line.bytes == 128);
      CHECK(line.units == (line.shared ? stride : 4 * stride));
      CHECK(line.ideal == (line.shared ? 1u : 4u));
    }
  }
}

TEST_CASE("launches that CUDA would refuse are refused") {
  Emulator device;
  const auto refused = [&](const LaunchConfig& config) {
    CHECK_THROWS_AS(launch(device, config, emulated::touches_nothing), DeviceError);
  };
  refused({.block = {0}});
  refused({.block = {1, 1, 65}});
  refused({.grid = {0}});
  refused({.grid = {1, 65536}});
  refused({.shared_bytes = 164 * 1024});
}
