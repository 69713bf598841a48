// SPDX-License-Identifier: Apache-2.0
// The one header that a kernel source includes, or ptx_sm90.h in its place. The source lies in
//     namespace qbench::QBENCH_SIMT_DEVICE { ... }
// and is compiled twice: by nvcc into qbench::cuda, by the host's compiler into qbench::emulated.
#pragma once

#include "kernels/device/device.h"

#if defined(__CUDACC__)
#define QBENCH_SIMT_DEVICE cuda
#include "kernels/emulator/cuda.h"
#else
#define QBENCH_SIMT_DEVICE emulated
#include "kernels/emulator/emulated.h"
#include "kernels/emulator/emulated_atomics.h"
#include "kernels/emulator/emulated_math.h"
#endif

#include "kernels/emulator/ptx.h"
