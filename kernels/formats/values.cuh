// SPDX-License-Identifier: Apache-2.0
// Values: a matrix of activations or weights in a device's memory, in the type that a kernel takes.
#pragma once

#include <algorithm>
#include <vector>

#include "kernels/formats/numbers.cuh"
#include "reference/matrix.h"

namespace qbench::QBENCH_SIMT_DEVICE {

inline unsigned blocks_for(std::int64_t count, std::int64_t each) {
  return static_cast<unsigned>((count + each - 1) / each);
}

template <class T>
class Values {
 public:
  Values(Device& device, std::int64_t count)
      : device_(device), data_(device, static_cast<std::size_t>(count)) {}
  Values(const Values& from) : device_(from.device_), data_(from.data_.clone()) {}
  T* data() const { return data_.data(); }
  std::size_t bytes() const { return data_.size() * sizeof(T); }

  void upload(const Matrix& from) {
    std::vector<T> values(from.values.size());
    std::ranges::transform(from.values, values.begin(),
                           [](float value) { return from_f32<T>(value); });
    device_.copy_to_device(data(), values.data(), values.size() * sizeof(T));
  }
  void download(Matrix& to) const {
    const std::vector<T> values = data_.to_host();
    std::ranges::transform(values, to.values.begin(), [](T value) { return to_f32(value); });
  }
  void poison() { device_.fill(data(), 0xff, data_.size() * sizeof(T)); }  // NaN in every type

 private:
  Device& device_;
  DeviceBuffer<T> data_;
};

}  // namespace qbench::QBENCH_SIMT_DEVICE
