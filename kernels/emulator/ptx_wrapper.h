// SPDX-License-Identifier: Apache-2.0
// What begins the wrapper of a PTX instruction (ptx.h, ptx_sm90.h), and its last parameter: the
// place of the call, which the emulator names in errors.
#pragma once

#if defined(__CUDACC__)
#define QBENCH_PTX static __device__ __forceinline__
#define QBENCH_SITE Site = {}
#else
#define QBENCH_PTX inline
#define QBENCH_SITE Site site = Site::here()
#endif
