// SPDX-License-Identifier: Apache-2.0
// Copies of quantized matrices between host and device.
#include "kernels/device_matrix.h"

#include <algorithm>

#include "reference/stored_numbers.h"

namespace qbench {
namespace {

DeviceBuffer<std::byte> upload(Device& device, const Buffer<std::byte>& bytes) {
  // A device has no empty allocations.
  DeviceBuffer<std::byte> out(device, std::max<std::size_t>(bytes.size(), 1));
  if (!bytes.empty()) device.copy_to_device(out.data(), bytes.data(), bytes.size());
  return out;
}

DeviceBuffer<float> upload_map(Device& device) {
  const auto map = reference::dynamic_map();
  DeviceBuffer<float> out(device, map.size());
  device.copy_to_device(out.data(), map.data(), map.size_bytes());
  return out;
}

template <class T>
T* as(const DeviceBuffer<std::byte>& bytes) {
  return reinterpret_cast<T*>(bytes.data());
}

}  // namespace

DeviceMatrix::DeviceMatrix(Device& device, const QuantizedMatrix& host)
    : device_(device),
      codes_(upload(device, host.codes)),
      scales_(upload(device, host.scales.numbers)),
      zeros_(upload(device, host.zeros.numbers)),
      outer_(upload(device, host.scales.outer)),
      offset_(upload(device, host.scales.offset)),
      scale_map_(upload_map(device)),
      view_{.codes = as<std::uint8_t>(codes_),
            .scales = as<std::uint8_t>(scales_),
            .zeros = as<std::uint8_t>(zeros_),
            .outer = as<float>(outer_),
            .offset = as<float>(offset_),
            .scale_map = scale_map_.data(),
            .rows = host.rows,
            .cols = host.cols,
            .block_size = host.block_size} {}

void DeviceMatrix::fill(unsigned char value) {
  for (const Bytes* bytes : {&codes_, &scales_, &zeros_, &outer_, &offset_})
    device_.fill(bytes->data(), value, bytes->size());
}

void DeviceMatrix::copy_to(QuantizedMatrix& host) const {
  const auto copy = [&](Buffer<std::byte>& to, const Bytes& from) {
    if (!to.empty()) device_.copy_to_host(to.data(), from.data(), to.size());
  };
  copy(host.codes, codes_);
  copy(host.scales.numbers, scales_);
  copy(host.zeros.numbers, zeros_);
  copy(host.scales.outer, outer_);
  copy(host.scales.offset, offset_);
}

}  // namespace qbench
