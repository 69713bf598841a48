// SPDX-License-Identifier: Apache-2.0
// The ceilings' kernels on the emulator, where they are proven and never timed.
#include "kernels/ceilings/ceilings.cuh"
