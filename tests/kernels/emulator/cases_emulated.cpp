// SPDX-License-Identifier: Apache-2.0
// The test kernels for the emulator.
#include "tests/kernels/emulator/cases.cuh"
