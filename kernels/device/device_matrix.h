// SPDX-License-Identifier: Apache-2.0
// DeviceMatrix: the bytes of a QuantizedMatrix in a device's memory.
#pragma once

#include <optional>

#include "kernels/device/device.h"
#include "kernels/device/quantized_view.h"
#include "reference/planes/quantized_matrix.h"

namespace qbench {

// Kernels count the weights that share a scale in 32 bits: there are at most so many.
inline constexpr std::int64_t kMostInGroup = std::int64_t{1} << 30;

class DeviceMatrix {
 public:
  // Room for a matrix like this one, holding its bytes. Groups that are a row have a size of at
  // least k in the view; a group that is the whole matrix is one row of n * k.
  DeviceMatrix(Device& device, const QuantizedMatrix& host);
  DeviceMatrix(const DeviceMatrix& from);
  // The same where kernels need every row by itself: numbers of the whole matrix are repeated.
  static DeviceMatrix by_rows(Device& device, const QuantizedMatrix& host);

  std::size_t bytes() const;  // of all planes
  const QuantizedView& view() const { return view_; }
  // Fills all planes with the byte.
  void fill(unsigned char value);
  void copy_to(QuantizedMatrix& host) const;

 private:
  using Bytes = DeviceBuffer<std::byte>;
  void set_pointers();

  Device& device_;
  std::optional<Bytes> planes_[kPlanes];  // those that the format has
  DeviceBuffer<float> scale_map_;
  QuantizedView view_;
};

}  // namespace qbench
