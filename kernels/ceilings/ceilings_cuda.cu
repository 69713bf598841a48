// SPDX-License-Identifier: Apache-2.0
// The ceilings of CUDA devices.
#include "kernels/ceilings/ceilings.cuh"
