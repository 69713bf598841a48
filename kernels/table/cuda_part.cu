// SPDX-License-Identifier: Apache-2.0
// Part QBENCH_PART of the CUDA kernels on CUDA devices.
#include "kernels/table/device_parts.cuh"

template void qbench::cuda::add_part<QBENCH_PART>(DeviceKernels&);
