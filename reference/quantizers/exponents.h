// SPDX-License-Identifier: Apache-2.0
// Statistics to the powers of two that are their scales.
#pragma once

#include "reference/buffer.h"
#include "reference/quantizers/quantizer.h"

namespace qbench::reference {

// Replaces each statistic by the power of two that the rule makes of statistic / by, from 2^-127 to
// 2^127. `mantissa_bits` are those of the codec.
void powers_of_two(float by, Exponent rule, int mantissa_bits, Buffer<float>& statistics);

}  // namespace qbench::reference
