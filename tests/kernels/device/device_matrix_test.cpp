// SPDX-License-Identifier: Apache-2.0
// The bytes of a quantized matrix on a device: all of them are counted, filled, copied and copied
// back.
#include "kernels/device/device_matrix.h"

#include <algorithm>
#include <cstdlib>
#include <cstring>
#include <set>
#include <span>

#include "reference/planes/stored_numbers.h"
#include "reference/reference.h"
#include "tests/catch.h"

namespace qbench {
namespace {

// A device whose memory is the host's. It runs nothing.
class HostMemory final : public Device {
 public:
  void* allocate(std::size_t bytes) override {
    if (bytes == 0) throw DeviceError("an empty allocation");
    return *held_.insert(std::aligned_alloc(256, (bytes + 255) / 256 * 256)).first;
  }
  void free(void* memory) noexcept override {
    held_.erase(memory);
    std::free(memory);
  }
  void copy_to_device(void* to, const void* from, std::size_t bytes) override {
    copy(to, from, bytes);
  }
  void copy_to_host(void* to, const void* from, std::size_t bytes) override {
    copy(to, from, bytes);
  }
  void copy(void* to, const void* from, std::size_t bytes) override {
    std::memcpy(to, from, bytes);
  }
  void fill(void* memory, unsigned char value, std::size_t bytes) override {
    std::memset(memory, value, bytes);
  }
  void synchronize() override {}
  void launch(const LaunchConfig&, const KernelCall&) override {}
  std::size_t shared_limit() override { return 0; }
  double seconds_of(const std::function<void()>&) override { return 0; }
  std::unique_ptr<Recording> record(const std::function<void()>&) override { return nullptr; }
  DeviceTraits traits() override { return {}; }

  std::size_t allocations() const { return held_.size(); }

 private:
  std::set<void*> held_;
};

// All planes, those that a view points to first, in the order of pointers().
auto buffers(auto& q) {
  return std::vector{&q.codes,         &q.scales.numbers, &q.zeros.numbers, &q.scales.outer,
                     &q.scales.offset, &q.zeros.outer,    &q.zeros.offset,  &q.order};
}

std::vector<const std::byte*> pointers(const QuantizedView& view) {
  const auto bytes = [](const auto* numbers) {
    return reinterpret_cast<const std::byte*>(numbers);
  };
  return {bytes(view.codes), bytes(view.scales), bytes(view.zeros), bytes(view.outer),
          bytes(view.offset)};
}

// A matrix of an odd shape with several groups a row, and several outer groups in all.
QuantizedMatrix quantized(const Mode& mode) {
  const std::int64_t rows = 131, cols = 77;
  Matrix weights(rows, cols);
  for (std::int64_t i = 0; i < weights.size(); ++i)
    weights.values[static_cast<std::size_t>(i)] =
        static_cast<float>(i * 37 % 101 - 40) * (1 + static_cast<float>(i / 32));
  return reference::quantize(mode, mode.block_sizes.empty() ? 0 : mode.block_sizes.front(),
                             weights);
}

// The same sizes, every byte another than in `q`.
QuantizedMatrix inverted(const QuantizedMatrix& q) {
  QuantizedMatrix out = q;
  for (Buffer<std::byte>* buffer : buffers(out))
    for (std::byte& byte : *buffer) byte = ~byte;
  return out;
}

bool equal(const QuantizedMatrix& a, const QuantizedMatrix& b) {
  return std::ranges::equal(buffers(a), buffers(b),
                            [](const auto* x, const auto* y) { return *x == *y; });
}

QuantizedMatrix copied_back(const DeviceMatrix& from, const QuantizedMatrix& like) {
  QuantizedMatrix out = inverted(like);
  from.copy_to(out);
  return out;
}

bool all_are(const QuantizedMatrix& q, std::byte value) {
  return std::ranges::all_of(buffers(q), [&](const auto* buffer) {
    return std::ranges::all_of(*buffer, [&](std::byte byte) { return byte == value; });
  });
}

}  // namespace

TEST_CASE("every buffer of a matrix is on the device where its view points, and comes back") {
  std::set<std::size_t> filled;  // buffers that a mode of the table has
  for (const Mode* mode : all_modes()) {
    CAPTURE(mode->name);
    HostMemory device;
    const QuantizedMatrix q = quantized(*mode);
    const DeviceMatrix on_device(device, q);
    const QuantizedView& view = on_device.view();
    CHECK((view.rows == q.rows && view.cols == q.cols && view.block_size == q.block_size));
    for (std::size_t i = 0; i < pointers(view).size(); ++i) {
      const Buffer<std::byte>& buffer = *buffers(q)[i];
      CAPTURE(i);
      CHECK((pointers(view)[i] == nullptr) == buffer.empty());
      CHECK(std::ranges::equal(buffer, std::span(pointers(view)[i], buffer.size())));
      if (!buffer.empty()) filled.insert(i);
    }
    CHECK(equal(copied_back(on_device, q), q));
    const auto map = reference::dynamic_map();
    CHECK(std::equal(map.begin(), map.end(), view.scale_map));
  }
  CHECK(filled == std::set<std::size_t>{0, 1, 2, 3, 4});
}

TEST_CASE("the bytes of a matrix on a device are those of all its buffers") {
  for (const Mode* mode : all_modes()) {
    CAPTURE(mode->name);
    HostMemory device;
    const QuantizedMatrix q = quantized(*mode);
    std::size_t expected = 0;
    for (const Buffer<std::byte>* buffer : buffers(q)) expected += buffer->size();
    CHECK(DeviceMatrix(device, q).bytes() == expected);
    CHECK(expected == static_cast<std::size_t>(q.weight_bytes() + q.scale_bytes()));
  }
}

TEST_CASE("a fill reaches every byte of every buffer") {
  for (const Mode* mode : all_modes()) {
    CAPTURE(mode->name);
    HostMemory device;
    const QuantizedMatrix q = quantized(*mode);
    DeviceMatrix on_device(device, q);
    for (const int value : {0xa5, 0x5a}) {
      on_device.fill(static_cast<unsigned char>(value));
      CHECK(all_are(copied_back(on_device, q), std::byte(value)));
    }
    const auto map = reference::dynamic_map();
    CHECK(std::equal(map.begin(), map.end(), on_device.view().scale_map));
  }
}

TEST_CASE("a copy of a matrix on a device has memory of its own, which is freed") {
  for (const Mode* mode : all_modes()) {
    CAPTURE(mode->name);
    HostMemory device;
    {
      const QuantizedMatrix q = quantized(*mode);
      const DeviceMatrix original(device, q);
      const std::size_t allocations = device.allocations();
      DeviceMatrix copy(original);
      CHECK(device.allocations() == 2 * allocations);
      CHECK(copy.bytes() == original.bytes());
      CHECK(copy.view().block_size == q.block_size);
      for (std::size_t i = 0; i < pointers(copy.view()).size(); ++i)
        CHECK((pointers(copy.view())[i] != pointers(original.view())[i] || buffers(q)[i]->empty()));
      CHECK(copy.view().scale_map != original.view().scale_map);
      CHECK(equal(copied_back(copy, q), q));
      copy.fill(0);
      CHECK(equal(copied_back(original, q), q));
      CHECK(all_are(copied_back(copy, q), std::byte{0}));
    }
    CHECK(device.allocations() == 0);
    CHECK(device.memory().current == 0);
  }
}

}  // namespace qbench
