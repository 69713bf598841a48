// SPDX-License-Identifier: Apache-2.0
// Part QBENCH_PART of the CUDA kernels on the emulator.
#include "kernels/table/device_parts.cuh"

template void qbench::emulated::add_part<QBENCH_PART>(DeviceKernels&);
