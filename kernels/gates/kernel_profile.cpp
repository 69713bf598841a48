// SPDX-License-Identifier: Apache-2.0
// What scripts/kernels/kernel_gates asks of the table of modes and of the emulator, in bf16, of a
// warp's profiled accesses (kernels/emulator/README.md, rule 4): wavefronts of shared memory a
// weight, sectors of a request of global memory, and the bytes of those sectors a weight, x
// included, which L2 gives at the most; and the size of each mode at its own block size.
//     kernel_profile [KERNEL/MODE/M...]    of these kernels, or of all, it prints
//         {"wavefronts": {"KERNEL/MODE/M": wavefronts, ...}, "sectors_per_request": {...},
//          "l2_bytes_per_weight": {...},
//          "modes": {"MODE": {"bits_per_param": ..., "weights_a_thread": ...}}}
#include <algorithm>
#include <cstdio>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "kernels/device_kernels.h"
#include "kernels/emulator/emulator.h"
#include "reference/reference.h"

using namespace qbench;

namespace {

constexpr std::int64_t kRows = 256, kCols = 2048;

Matrix wave(std::int64_t rows, std::int64_t cols) {
  Matrix out(rows, cols);
  for (std::int64_t i = 0; i < out.size(); ++i)
    out.values[static_cast<std::size_t>(i)] = static_cast<float>(i * 37 % 101 - 50) / 64;
  return out;
}

struct Counts {
  std::uint64_t wavefronts = 0, sectors = 0, requests = 0;
};

// Sums over all launches so far.
Counts counted(const Emulator& emulator) {
  Counts sum;
  for (const AccessProfile& line : emulator.profile())
    if (line.shared) {
      sum.wavefronts += line.units;
    } else {
      sum.sectors += line.units;
      sum.requests += line.requests;
    }
  return sum;
}

Counts counts_of(const Kernel& kernel, const Problem& problem) {
  const auto& emulator = dynamic_cast<Emulator&>(emulated::open_device(0));
  const Counts before = counted(emulator);
  kernel.prepare(problem)->run_once();
  const Counts after = counted(emulator);
  return {after.wavefronts - before.wavefronts, after.sectors - before.sectors,
          after.requests - before.requests};
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

// A figure of each KERNEL/MODE/M.
using Figures = std::vector<std::pair<std::string, double>>;

void print(const char* name, const Figures& figures) {
  std::printf("\"%s\": ", name);
  const char* separator = "{";
  for (const auto& [key, figure] : figures) {
    std::printf("%s\"%s\": %.5f", separator, key.c_str(), figure);
    separator = ",\n ";
  }
  std::puts("},");
}

std::string key_of(const Kernel& kernel, int m) {
  return std::string(kernel.name) + "/" + std::string(kernel.mode->name) + "/" + std::to_string(m);
}

// Counts the kernels of these keys, or all of them if there are none.
void print_counts(std::span<char* const> wanted) {
  const Matrix weights = wave(kRows, kCols);
  constexpr double kWeights = static_cast<double>(kRows * kCols);
  Figures wavefronts, sectors, bytes;
  for (const Kernel& kernel : emulated::kernels())
    for (const int m : {8, 16, 64}) {
      const std::string key = key_of(kernel, m);
      if (!wanted.empty() && std::ranges::find(wanted, key) == wanted.end()) continue;
      const Matrix x = wave(m, kCols);
      const QuantizedMatrix quantized =
          reference::quantize(*kernel.mode, kernel.mode->block_size, weights);
      const Problem problem = {.op = kernel.op,
                               .mode = kernel.mode,
                               .weights = &weights,
                               .quantized = &quantized,
                               .x = &x,
                               .dtype = Dtype::bf16};
      if (operation(kernel.op).has_adapter) continue;   // its product is gemm or int8
      if (kernel.op != Op::matmul && m != 8) continue;  // has no x
      if (!kernel.unsupported(problem).empty()) continue;
      const Counts counts = counts_of(kernel, problem);
      if (counts.wavefronts)
        wavefronts.emplace_back(key, static_cast<double>(counts.wavefronts) / kWeights);
      if (!counts.requests) continue;
      const auto touched = static_cast<double>(counts.sectors);
      sectors.emplace_back(key, touched / static_cast<double>(counts.requests));
      bytes.emplace_back(key, 32 * touched / kWeights);
    }
  print("wavefronts", wavefronts);
  print("sectors_per_request", sectors);
  print("l2_bytes_per_weight", bytes);
}

}  // namespace

int main(int count, char** arguments) {
  dynamic_cast<Emulator&>(emulated::open_device(0)).options().profile = true;
  std::printf("{");
  print_counts({arguments + 1, arguments + count});
  std::printf("\"modes\": ");
  print_modes();
}
