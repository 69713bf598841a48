// SPDX-License-Identifier: Apache-2.0
// The trial of quantize by units.
#pragma once

#include "kernels/quantize/quantize_trials.cuh"
#include "kernels/quantize/units.cuh"

namespace qbench::QBENCH_SIMT_DEVICE {

template <class Mode, class T>
class QuantizeUnitsTrial : public QuantizeTrial<Mode, T> {
 public:
  QuantizeUnitsTrial(Device& device, const Problem& problem)
      : QuantizeTrial<Mode, T>(device, problem),
        codes_found_(device, static_cast<std::size_t>(problem.weights->size() + 1)),
        scales_found_(device, static_cast<std::size_t>(this->groups_)),
        minima_found_(device, static_cast<std::size_t>(this->groups_)) {}

 protected:
  void run(const T* weights, const QuantizedView& q) override {
    using Units = typename UnitsFor<Mode>::Type;
    const std::int64_t units = q.rows * Units::per_row(q);
    launch(this->device_,
           {.grid = {blocks_for(units, Units::kUnitsABlock)}, .block = {kUnitThreads}},
           find_units<Units, T>, weights, q,
           FoundBytes{codes_found_.data(), scales_found_.data(), minima_found_.data()}, units);
    // The code after the last fills up the last byte of 4-bit codes alone.
    const std::int64_t count = q.rows * q.cols + (Mode::kBits == 4 ? 1 : 0);
    pack<Mode::kBits, Mode::kPacking>(codes_found_, count, q.codes, this->host_.codes);
    if constexpr (Mode::kOuter == Outer::units) {
      pack<Mode::kScaleBits, Packing::low_first>(scales_found_, this->groups_, q.scales,
                                                 this->host_.scales.numbers);
      if constexpr (Mode::kHasMinimum)
        pack<Mode::kScaleBits, Packing::low_first>(minima_found_, this->groups_, q.zeros,
                                                   this->host_.zeros.numbers);
    }
  }

 private:
  template <int kBits, Packing kPacking>
  void pack(const DeviceBuffer<std::uint8_t>& numbers, std::int64_t count, std::uint8_t* plane,
            const Buffer<std::byte>& room) {
    const auto bytes = static_cast<std::int64_t>(room.size());
    const std::int64_t a_block = kQuantizeThreads * Unit<kBits, kPacking>::kBytes;
    launch(this->device_, {.grid = {blocks_for(bytes, a_block)}, .block = {kQuantizeThreads}},
           pack_bytes<kBits, kPacking>, numbers.data(), plane, count, bytes);
  }

  DeviceBuffer<std::uint8_t> codes_found_, scales_found_, minima_found_;
};

}  // namespace qbench::QBENCH_SIMT_DEVICE
