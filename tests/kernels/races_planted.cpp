// SPDX-License-Identifier: Apache-2.0
// The kernels without their block barriers: planted races, which ThreadSanitizer must report.
#include "kernels/emulator/simt.h"

#define __syncthreads() static_cast<void>(0)
#include "tests/kernels/races_all.cpp"
