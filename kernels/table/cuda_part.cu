// SPDX-License-Identifier: Apache-2.0
// Part QBENCH_PART of the CUDA kernels on CUDA devices.
#include "kernels/table/device_parts.cuh"

#ifdef QBENCH_PLAIN_PART
static_assert(!qbench::cuda::has_tensor_cores(QBENCH_PART), "take it out of QBENCH_PLAIN_PARTS");
#endif

template void qbench::cuda::add_part<QBENCH_PART>(DeviceKernels&);
