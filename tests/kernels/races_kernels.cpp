// SPDX-License-Identifier: Apache-2.0
// Every kernel of the emulator in one object, which is compiled under ThreadSanitizer in place of
// the library's parts. Their barriers can be left out when they run.
#include "kernels/emulator/simt.h"
#include "tests/kernels/races.h"

#define __syncthreads() (qbench::test::leaves_out_barriers ? static_cast<void>(0) : __syncthreads())
#include "kernels/table/device_parts.cuh"
#include "kernels/table/emulated_kernels.cpp"
