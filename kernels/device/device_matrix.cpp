// SPDX-License-Identifier: Apache-2.0
// Copies of quantized matrices between host and device.
#include "kernels/device/device_matrix.h"

#include <algorithm>
#include <bit>
#include <vector>

#include "reference/planes/stored_numbers.h"

namespace qbench {
namespace {

DeviceBuffer<float> upload_map(Device& device) {
  const auto map = reference::dynamic_map();
  DeviceBuffer<float> out(device, map.size());
  device.copy_to_device(out.data(), map.data(), map.size_bytes());
  return out;
}

int group_of_at_least(std::int64_t count) {
  return static_cast<int>(
      std::bit_ceil(static_cast<std::uint64_t>(std::max<std::int64_t>(count, 16))));
}

QuantizedView shape_of(const QuantizedMatrix& host) {
  if (host.block_size == kWholeTensor)
    return {.rows = 1, .cols = host.size(), .block_size = group_of_at_least(host.size())};
  const bool row = host.block_size == kWholeRow;
  return {.rows = host.rows,
          .cols = host.cols,
          .block_size = row ? group_of_at_least(host.cols) : host.block_size};
}

// The one number that `from` has, for every group of `groups`.
void repeat(const StoredNumbers& from, const GroupNumber& how, const Partition& whole,
            const Partition& groups, StoredNumbers& to) {
  float number = 0;
  reference::load(from, how, whole, 0, 1, &number);
  const std::vector<float> all(static_cast<std::size_t>(groups.groups()), number);
  reference::store(all, how, Quantizer{}, groups, to);
}

QuantizedMatrix rows_of(const QuantizedMatrix& host) {
  const Format& format = *host.format;
  QuantizedMatrix rows(format, kWholeRow, host.rows, host.cols);
  rows.codes = host.codes;
  repeat(host.scales, format.scale, host.groups(), rows.groups(), rows.scales);
  if (format.zero != Zero::none)
    repeat(host.zeros, format.zero_number, host.groups(), rows.groups(), rows.zeros);
  return rows;
}

}  // namespace

DeviceMatrix DeviceMatrix::by_rows(Device& device, const QuantizedMatrix& host) {
  if (host.block_size == kWholeTensor) return {device, rows_of(host)};
  return {device, host};
}

DeviceMatrix::DeviceMatrix(Device& device, const QuantizedMatrix& host)
    : device_(device), scale_map_(upload_map(device)), view_(shape_of(host)) {
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
  view_.zeros_outer = reinterpret_cast<std::uint8_t*>(at(Plane::zeros_outer));
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
