// SPDX-License-Identifier: Apache-2.0
// The trial of quantize by units.
#pragma once

#include "kernels/quantize/quantize_trials.cuh"
#include "kernels/quantize/units.cuh"

namespace qbench::QBENCH_SIMT_DEVICE {

// How bytes of one number each are packed into a plane. Null: there is no such plane.
struct Pack {
  void (*kernel)(const std::uint8_t*, std::uint8_t*, std::int64_t, std::int64_t);
  int bytes_a_thread;
};

template <int kBits, Packing kPacking>
constexpr Pack pack_of() {
  return {pack_bytes<kBits, kPacking>, Unit<kBits, kPacking>::kBytes};
}

// The kernels by which a mode finds the numbers and codes of units, and packs them.
template <class T>
struct UnitKernels {
  std::int64_t (*units_a_row)(const QuantizedView&);
  int units_a_block;
  void (*find)(const T*, QuantizedView, FoundBytes, std::int64_t);
  int pads;  // codes after the last that are found too: those of 4 bits fill up the last byte
  Pack codes, scales, minima;
};

template <class Mode, class T>
UnitKernels<T> unit_kernels() {
  using Units = typename UnitsFor<Mode>::Type;
  UnitKernels<T> kernels = {
      .units_a_row = [](const QuantizedView& q) { return Units::per_row(q); },
      .units_a_block = Units::kUnitsABlock,
      .find = find_units<Units, T>,
      .pads = Mode::kBits == 4 ? 1 : 0,
      .codes = pack_of<Mode::kBits, Mode::kPacking>(),
      .scales = {},
      .minima = {},
  };
  if constexpr (Mode::kOuter == Outer::units) {
    kernels.scales = pack_of<Mode::kScaleBits, Packing::low_first>();
    if constexpr (Mode::kHasMinimum) kernels.minima = kernels.scales;
  }
  return kernels;
}

template <class T>
class QuantizeUnitsTrial : public QuantizeTrial<T> {
 public:
  QuantizeUnitsTrial(Device& device, const Problem& problem, const UnitKernels<T>& kernels)
      : QuantizeTrial<T>(device, problem),
        kernels_(kernels),
        codes_found_(device, static_cast<std::size_t>(problem.weights->size() + 1)),
        scales_found_(device, static_cast<std::size_t>(this->groups_)),
        minima_found_(device, static_cast<std::size_t>(this->groups_)) {}

 private:
  void run(const T* weights, const QuantizedView& q) override {
    const std::int64_t units = q.rows * kernels_.units_a_row(q);
    launch(this->device_,
           {.grid = {blocks_for(units, kernels_.units_a_block)}, .block = {kUnitThreads}},
           kernels_.find, weights, q,
           FoundBytes{codes_found_.data(), scales_found_.data(), minima_found_.data()}, units);
    const QuantizedMatrix& host = this->host_;
    pack(kernels_.codes, codes_found_, q.rows * q.cols + kernels_.pads, q.codes, host.codes);
    pack(kernels_.scales, scales_found_, this->groups_, q.scales, host.scales.numbers);
    pack(kernels_.minima, minima_found_, this->groups_, q.zeros, host.zeros.numbers);
  }

  void pack(const Pack& how, const DeviceBuffer<std::uint8_t>& numbers, std::int64_t count,
            std::uint8_t* plane, const Buffer<std::byte>& room) {
    if (how.kernel == nullptr) return;
    const auto bytes = static_cast<std::int64_t>(room.size());
    const std::int64_t a_block = kQuantizeThreads * how.bytes_a_thread;
    launch(this->device_, {.grid = {blocks_for(bytes, a_block)}, .block = {kQuantizeThreads}},
           how.kernel, numbers.data(), plane, count, bytes);
  }

  UnitKernels<T> kernels_;
  DeviceBuffer<std::uint8_t> codes_found_, scales_found_, minima_found_;
};

}  // namespace qbench::QBENCH_SIMT_DEVICE
