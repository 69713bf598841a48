// SPDX-License-Identifier: Apache-2.0
// The containers, one source each.
#pragma once

#include "suites/checkpoints/containers/container.h"

namespace qbench {

extern const Container kBitsandbytes4bit, kBitsandbytesInt8;
extern const Container kGptq, kAwq;
extern const Container kPackedIntegers, kNvfp4Packed, kNvfp4Modelopt, kMxfp4Packed, kMxfp8Scaled;
extern const Container kScaled;
extern const Container kGptOss;
extern const Container kGguf;

}  // namespace qbench
