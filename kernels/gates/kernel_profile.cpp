// SPDX-License-Identifier: Apache-2.0
// What scripts/kernels/kernel_gates asks of the table of modes and of the emulator: wavefronts of
// shared memory a weight, those of a warp's profiled accesses (kernels/emulator/README.md, rule 4),
// in bf16; and the size of each mode at its own block size.
//     kernel_profile    prints {"wavefronts": {"KERNEL/MODE/M": wavefronts, ...},
//                               "modes": {"MODE": {"bits_per_param": ...,
//                                                  "weights_a_thread": ...}}}
#include <cstdio>

#include "kernels/device_kernels.h"
#include "kernels/emulator/emulator.h"
#include "reference/reference.h"

using namespace qbench;

namespace {

constexpr std::int64_t kRows = 128, kCols = 2048;

Matrix wave(std::int64_t rows, std::int64_t cols) {
  Matrix out(rows, cols);
  for (std::int64_t i = 0; i < out.size(); ++i)
    out.values[static_cast<std::size_t>(i)] = static_cast<float>(i * 37 % 101 - 50) / 64;
  return out;
}

// 0 where nothing was profiled.
double wavefronts_per_weight(const Kernel& kernel, const Problem& problem) {
  auto& emulator = dynamic_cast<Emulator&>(emulated::open_device(0));
  const auto sum = [&] {
    std::uint64_t units = 0;
    for (const AccessProfile& line : emulator.profile())
      if (line.shared) units += line.units;
    return units;
  };
  const std::uint64_t before = sum();
  kernel.prepare(problem)->run_once();
  return static_cast<double>(sum() - before) / static_cast<double>(kRows * kCols);
}

// The weights that a thread of the plain rungs codes (kernels/formats/packing.cuh).
int weights_a_thread(const Format& format) {
  if (format.packing == Packing::trits) return kTritsAByte;
  return format.bits == 8 ? 1 : format.bits == 4 ? 2 : 8;
}

void print_modes() {
  const char* separator = "{";
  for (const Mode* mode : kModes) {
    if (!mode->quantized()) continue;
    const QuantizedMatrix sizes(mode->format, mode->block_size, kRows, kCols);
    std::printf("%s\"%s\": {\"bits_per_param\": %.4f, \"weights_a_thread\": %d}", separator,
                mode->name.data(), sizes.bits_per_param(), weights_a_thread(mode->format));
    separator = ",\n ";
  }
  std::puts("}}");
}

void print_wavefronts() {
  const Matrix weights = wave(kRows, kCols);
  const char* separator = "{";
  for (const Kernel& kernel : emulated::kernels())
    for (const int m : {8, 16, 64}) {
      const Matrix x = wave(m, kCols);
      const QuantizedMatrix quantized =
          reference::quantize(*kernel.mode, kernel.mode->block_size, weights);
      const Problem problem = {.op = kernel.op,
                               .mode = kernel.mode,
                               .weights = &weights,
                               .quantized = &quantized,
                               .x = &x,
                               .dtype = Dtype::bf16};
      if (kernel.op != Op::matmul && m != 8) continue;  // has no x
      if (!kernel.unsupported(problem).empty()) continue;
      const double wavefronts = wavefronts_per_weight(kernel, problem);
      if (wavefronts == 0) continue;
      std::printf("%s\"%s/%s/%d\": %.5f", separator, kernel.name.data(), kernel.mode->name.data(),
                  m, wavefronts);
      separator = ",\n ";
    }
  std::puts("},");
}

}  // namespace

int main() {
  dynamic_cast<Emulator&>(emulated::open_device(0)).options().profile = true;
  std::printf("{\"wavefronts\": ");
  print_wavefronts();
  std::printf("\"modes\": ");
  print_modes();
}
