// SPDX-License-Identifier: Apache-2.0
// The CUDA kernels on CUDA's first device against the reference, and twice with the same bits.
#include <cstring>

#include "kernels/device/cuda_device.h"
#include "kernels/dispatch/dispatch.h"
#include "tests/catch.h"
#include "tests/kernels/edges.h"

using namespace qbench;
using namespace qbench::test;

namespace {

std::vector<Kernel> kernels_and_auto() {
  std::vector<Kernel> kernels = own(cuda::kernels());
  const std::vector<Kernel> choosing = auto_kernels(kernels);
  kernels.insert(kernels.end(), choosing.begin(), choosing.end());
  return kernels;
}

// The result of a run on poisoned memory, as bytes: NaN equals itself here.
std::vector<std::byte> bytes_of_a_run(Trial& trial) {
  trial.poison();
  trial.run_once();
  std::vector<std::byte> bytes;
  const auto add = [&](const auto& values) {
    const auto* const first = reinterpret_cast<const std::byte*>(values.data());
    bytes.insert(bytes.end(), first, first + values.size() * sizeof values[0]);
  };
  add(trial.output().values);
  if (const QuantizedMatrix* q = trial.quantized()) {
    add(q->codes);
    for (const StoredNumbers* stored : {&q->scales, &q->zeros})
      for (const auto* part : {&stored->numbers, &stored->outer, &stored->offset}) add(*part);
  }
  return bytes;
}

void check_twice(const Kernel& kernel, const Problem& problem) {
  CHECK(verdict(kernel, problem).wrong == "");
  const std::unique_ptr<Trial> trial = kernel.prepare(problem);
  const std::vector<std::byte> first = bytes_of_a_run(*trial);
  CHECK(first.size() > 0);
  CHECK((first == bytes_of_a_run(*trial)));
}

}  // namespace

TEST_CASE("on the device every kernel, mode, type and edge shape is right, twice the same bits") {
  if (const std::string why = cuda_status().unusable(); !why.empty()) QBENCH_SKIP(why);
  const std::vector<Kernel> kernels = kernels_and_auto();
  REQUIRE(kernels.size() > own(cuda::kernels()).size());
  for_each_edge(kernels, check_twice);
}

// Grids of more blocks than a device has room for at a time.
TEST_CASE("on the device every kernel is right at the shape of a layer, twice the same bits") {
  if (const std::string why = cuda_status().unusable(); !why.empty()) QBENCH_SKIP(why);
  for (const Mode* mode : all_modes())
    for (const std::int64_t m : {1, 16, 130}) {
      if (!mode->quantized()) continue;
      const Inputs inputs(*mode, {m, 4096, 4096}, Dtype::bf16);
      for (const Kernel& kernel : kernels_and_auto()) {
        const Problem problem = inputs.problem(kernel.op);
        if (kernel.mode != mode || (!operation(kernel.op).has_x && m > 1)) continue;
        if (!kernel.unsupported(problem).empty()) continue;
        CAPTURE(kernel.name, mode->name, m);
        check_twice(kernel, problem);
      }
    }
}
