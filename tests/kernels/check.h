// SPDX-License-Identifier: Apache-2.0
// One kernel of the emulator on one problem against the reference.
#pragma once

#include <string>
#include <vector>

#include "harness/run/verify.h"
#include "kernels/device_kernels.h"
#include "kernels/emulator/emulator.h"
#include "kernels/formats/compiled.h"
#include "reference/reference.h"
#include "suites/inputs/distributions.h"

namespace qbench::test {

inline Emulator& emulator() { return dynamic_cast<Emulator&>(emulated::open_device(0)); }

// Puts the emulator's options back.
struct KeepOptions {
  EmulatorOptions before = emulator().options();
  ~KeepOptions() { emulator().options() = before; }
};

// True if the kernel is that of another mode, which decodes the same format.
inline bool is_shared(const Kernel& kernel) {
  return kernel.op != Op::quantize && !decodes_first(*kernel.mode);
}

// The kernels of the emulator, each once.
inline std::vector<Kernel> distinct_kernels() {
  std::vector<Kernel> kernels = emulated::kernels();
  std::erase_if(kernels, is_shared);
  return kernels;
}

// Those of modes in which a piece is new (compiled.h), and so every piece once: for tests of how a
// kernel runs, where what it reads makes no difference.
inline std::vector<Kernel> kernels_of_pieces() {
  std::vector<Kernel> kernels = distinct_kernels();
  std::erase_if(kernels, [](const Kernel& kernel) {
    return kernel.mode->quantized() && !has_new_piece(*kernel.mode);
  });
  return kernels;
}

// Those that are allowed, or that of a mode without blocks.
inline std::vector<int> block_sizes(const Mode& mode) {
  if (mode.block_sizes.empty()) return {mode.block_size};
  return {mode.block_sizes.begin(), mode.block_sizes.end()};
}

inline Matrix rounded(Matrix matrix, Dtype dtype) {
  reference::round_to(dtype, matrix.values);
  return matrix;
}

inline reference::Adapter rounded(reference::Adapter adapter, Dtype dtype) {
  reference::round_to(dtype, adapter.a.values);
  reference::round_to(dtype, adapter.b.values);
  return adapter;
}

// The inputs of a kernel of the mode, by default of the mode's own block size; weights and x have
// outliers.
struct Inputs {
  const Mode& mode;
  Matrix weights, x;
  QuantizedMatrix quantized;
  reference::Adapter adapter;  // of rank 5
  Dtype dtype;

  Inputs(const Mode& of, Shape shape, Dtype type) : Inputs(of, of.block_size, shape, type) {}
  Inputs(const Mode& of, int block_size, Shape shape, Dtype type)
      : mode(of),
        weights(rounded(make_weights(Input::outliers, shape.n, shape.k, 1), type)),
        x(rounded(make_activations(Input::outliers, shape.m, shape.k, 1), type)),
        quantized(reference::quantize(mode, block_size, weights)),
        adapter(rounded(make_adapter({shape.n, shape.k}, 5, 1), type)),
        dtype(type) {}

  Problem problem(Op op) const {
    return {.op = op,
            .mode = &mode,
            .weights = &weights,
            .quantized = &quantized,
            .x = &x,
            .dtype = dtype,
            .adapter = &adapter};
  }
};

inline Verdict verdict(const Kernel& kernel, const Problem& problem) {
  const std::unique_ptr<Trial> trial = kernel.prepare(problem);
  trial->poison();
  trial->run_once();
  if (kernel.op == Op::quantize) return verify_codes(*problem.quantized, *trial);
  if (kernel.op == Op::dequantize) return verify_weights(*problem.quantized, problem.dtype, *trial);
  return verify_matmul(
      kernel.op == Op::matmul
          ? expected_matmul(*problem.x, *problem.quantized, problem.dtype)
          : expected_lora(*problem.x, *problem.quantized, *problem.adapter, problem.dtype),
      trial->output(), kernel.arithmetic);
}

}  // namespace qbench::test
