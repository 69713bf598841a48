// SPDX-License-Identifier: Apache-2.0
// Copies of quantized matrices between host and device.
#include "kernels/device/device_matrix.h"

#include "reference/planes/stored_numbers.h"

namespace qbench {
namespace {

DeviceBuffer<float> upload_map(Device& device) {
  const auto map = reference::dynamic_map();
  DeviceBuffer<float> out(device, map.size());
  device.copy_to_device(out.data(), map.data(), map.size_bytes());
  return out;
}

}  // namespace

DeviceMatrix::DeviceMatrix(Device& device, const QuantizedMatrix& host)
    : device_(device),
      scale_map_(upload_map(device)),
      view_{.rows = host.rows, .cols = host.cols, .block_size = host.block_size} {
  for_each_plane(host, [&](Plane plane, const Buffer<std::byte>& bytes) {
    if (bytes.empty()) return;
    planes_[static_cast<int>(plane)].emplace(device, bytes.size());
    device.copy_to_device(planes_[static_cast<int>(plane)]->data(), bytes.data(), bytes.size());
  });
  set_pointers();
}

DeviceMatrix::DeviceMatrix(const DeviceMatrix& from)
    : device_(from.device_), scale_map_(from.scale_map_.clone()), view_(from.view_) {
  for (int i = 0; i < kPlanes; ++i)
    if (from.planes_[i]) planes_[i].emplace(from.planes_[i]->clone());
  set_pointers();
}

void DeviceMatrix::set_pointers() {
  const auto at = [&](Plane plane) {
    const auto& bytes = planes_[static_cast<int>(plane)];
    return bytes ? bytes->data() : nullptr;
  };
  view_.codes = reinterpret_cast<std::uint8_t*>(at(Plane::codes));
  view_.scales = reinterpret_cast<std::uint8_t*>(at(Plane::scales));
  view_.zeros = reinterpret_cast<std::uint8_t*>(at(Plane::zeros));
  view_.outer = reinterpret_cast<float*>(at(Plane::outer));
  view_.offset = reinterpret_cast<float*>(at(Plane::offset));
  view_.scale_map = scale_map_.data();
}

std::size_t DeviceMatrix::bytes() const {
  std::size_t sum = 0;
  for (const auto& plane : planes_) sum += plane ? plane->size() : 0;
  return sum;
}

void DeviceMatrix::fill(unsigned char value) {
  for (const auto& plane : planes_)
    if (plane) device_.fill(plane->data(), value, plane->size());
}

void DeviceMatrix::copy_to(QuantizedMatrix& host) const {
  for_each_plane(host, [&](Plane plane, Buffer<std::byte>& to) {
    const auto& from = planes_[static_cast<int>(plane)];
    if (from) device_.copy_to_host(to.data(), from->data(), to.size());
  });
}

}  // namespace qbench
