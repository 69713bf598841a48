// SPDX-License-Identifier: Apache-2.0
// Every kernel of the emulator at every block size of its mode, kernel auto among them.
#include <string>

#include "kernels/dispatch/dispatch.h"
#include "kernels/formats/family.h"
#include "tests/catch.h"
#include "tests/kernels/edges.h"

using namespace qbench;
using namespace qbench::test;

namespace {

// k is odd, or tensor cores take it: in a short tile, or in whole ones with more than one group of
// the size. Rows of x on both sides of what a kernel takes for few.
std::vector<Shape> shapes(int size) { return {{3, 19, 77}, {17, 18, 160}, {2, 3, size + 96}}; }

std::vector<Kernel> with_auto() {
  std::vector<Kernel> kernels = emulated::kernels();
  for (const Kernel& choosing : auto_kernels(kernels)) kernels.push_back(choosing);
  std::erase_if(kernels, is_shared);
  return kernels;
}

// How many could run.
int check_kernels(const std::vector<Kernel>& kernels, const Mode& mode, int size, Shape shape,
                  Dtype dtype) {
  const Inputs inputs(mode, size, shape, dtype);
  int run = 0;
  for (const Kernel& kernel : kernels) {
    const Problem problem = inputs.problem(kernel.op);
    if (kernel.mode != &mode || !kernel.unsupported(problem).empty()) continue;
    CAPTURE(kernel.name, mode.name, size, shape.m, shape.n, shape.k, name(dtype));
    CHECK(verdict(kernel, problem).wrong == "");
    ++run;
  }
  return run;
}

}  // namespace

// Every size meets every shape and every type, and over the sizes and modes every type every shape.
TEST_CASE("every kernel is right at every block size of its mode, in every type", "[edges]") {
  const std::vector<Kernel> kernels = with_auto();
  if (kernels.empty()) QBENCH_SKIP("built without CUDA's headers");
  std::size_t sizes = 0;
  for (const Mode* mode : all_modes())
    for (const int size : block_sizes(*mode)) {
      int run = 0;
      std::size_t type = sizes++;
      for (const Shape& shape : shapes(size))
        run += check_kernels(kernels, *mode, size, shape, kDtypes[type++ % std::size(kDtypes)]);
      CAPTURE(mode->name, size);
      CHECK((run > 0) == emulated::is_compiled(*mode));
    }
}

// A kernel that takes k = 352 and bf16 at one block size takes them at all, but for two.
TEST_CASE("no kernel but quantize-wide, the large ones, and gemm-wgmma, 16, refuses a block size") {
  const std::vector<Kernel> kernels = with_auto();
  if (kernels.empty()) QBENCH_SKIP("built without CUDA's headers");
  for (const Kernel& kernel : kernels)
    for (const int size : block_sizes(*kernel.mode)) {
      if (!kernel.mode->quantized()) continue;  // a baseline of a library
      if (kernel.op == Op::quantize && !family_of(*kernel.mode).quantizes) continue;
      const Inputs inputs(*kernel.mode, size, {8, 4, 352}, Dtype::bf16);
      CAPTURE(kernel.name, kernel.mode->name, size);
      const std::string why = kernel.unsupported(inputs.problem(kernel.op));
      if (kernel.name == "quantize-wide" && size > 512)
        CHECK(why == "the block size must be at most 512, not " + std::to_string(size));
      else if (kernel.name == "gemm-wgmma" && size == 16)
        CHECK(why == "the block size and k must be multiples of 32");
      else
        CHECK(why == "");
    }
}
