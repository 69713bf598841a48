// SPDX-License-Identifier: Apache-2.0
// What operations take, make and move.
#include "kernels/operation.h"

#include <algorithm>

#include "kernels/kernel.h"
#include "reference/reference.h"
#include "tests/catch.h"

namespace qbench {

TEST_CASE("an operation moves its operands and its result once, and a roundtrip the codes twice") {
  const Sizes sizes = {.m = 3, .n = 8, .k = 64, .element = 2, .stored = 100};
  CHECK(operation(Op::roundtrip).work(sizes).bytes == 2 * (2 * 8 * 64 + 100));
  CHECK(operation(Op::quantize).work(sizes).bytes == 2 * 8 * 64 + 100);
  CHECK(operation(Op::dequantize).work(sizes).bytes == 2 * 8 * 64 + 100);
  CHECK(operation(Op::matmul).work(sizes).bytes == 100 + 2 * (3 * 64 + 3 * 8));
  CHECK(operation(Op::matmul).work(sizes).flops == 2 * 3 * 8 * 64);
  for (const Operation& each : kOperations) CHECK(each.work(sizes).flops.has_value() == each.has_x);
}

TEST_CASE("the reference makes what the table says of an operation") {
  const Mode& mode = *find_mode("nf4");
  const Matrix weights(8, 64), x(3, 64);
  const QuantizedMatrix quantized = reference::quantize(mode, 64, weights);
  for (const Operation& each : kOperations) {
    CAPTURE(each.name);
    const auto kernel = std::ranges::find_if(
        all_kernels(), [&](const Kernel& k) { return k.op == each.op && k.name == "reference"; });
    REQUIRE(kernel != all_kernels().end());
    const auto trial = kernel->prepare({.op = each.op,
                                        .mode = &mode,
                                        .weights = &weights,
                                        .quantized = &quantized,
                                        .x = each.has_x ? &x : nullptr});
    trial->run_once();
    CHECK((trial->quantized() != nullptr) == each.makes_codes);
    CHECK(trial->output().values.empty() == !each.makes_output);
    CHECK(name(each.op) == each.name);
  }
}

}  // namespace qbench
