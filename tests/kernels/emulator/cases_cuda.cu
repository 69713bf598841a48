// SPDX-License-Identifier: Apache-2.0
// The test kernels for CUDA.
#include "tests/kernels/emulator/cases.cuh"
