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
      view_{.rows = host.rows, .cols = host.cols, .block_size = host.block_size} {
  set_pointers();
}

DeviceMatrix::DeviceMatrix(const DeviceMatrix& from)
    : device_(from.device_),
      codes_(from.codes_.clone()),
      scales_(from.scales_.clone()),
      zeros_(from.zeros_.clone()),
      outer_(from.outer_.clone()),
      offset_(from.offset_.clone()),
      scale_map_(from.scale_map_.clone()),
      view_(from.view_) {
  set_pointers();
}

void DeviceMatrix::set_pointers() {
  view_.codes = as<std::uint8_t>(codes_);
  view_.scales = as<std::uint8_t>(scales_);
  view_.zeros = as<std::uint8_t>(zeros_);
  view_.outer = as<float>(outer_);
  view_.offset = as<float>(offset_);
  view_.scale_map = scale_map_.data();
}

std::size_t DeviceMatrix::bytes() const {
  std::size_t sum = 0;
  for (const Bytes* bytes : {&codes_, &scales_, &zeros_, &outer_, &offset_}) sum += bytes->size();
  return sum;
}

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
