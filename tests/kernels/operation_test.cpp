// SPDX-License-Identifier: Apache-2.0
// The table of operations says what kernels make.
#include "kernels/operation.h"

#include <algorithm>

#include "kernels/kernel.h"
#include "reference/reference.h"
#include "tests/catch.h"

namespace qbench {

TEST_CASE("the reference makes what the table says of an operation") {
  const Mode& mode = *find_mode("nf4");
  const Matrix weights(8, 64), x(3, 64);
  const Matrix g(3, 8);
  const reference::Adapter adapter = {.a = {2, 64}, .b = {8, 2}, .scale = 1};
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
                                        .x = each.has_x ? &x : nullptr,
                                        .adapter = each.has_adapter ? &adapter : nullptr,
                                        .g = each.makes_gradients ? &g : nullptr});
    trial->run_once();
    CHECK((trial->quantized() != nullptr) == each.makes_codes);
    CHECK(trial->output().values.empty() == !each.makes_output);
    CHECK((trial->gradients() != nullptr) == each.makes_gradients);
    CHECK(each.work({1, 1, 1, 4, 1}).flops.has_value() == each.has_x);
  }
}

}  // namespace qbench
