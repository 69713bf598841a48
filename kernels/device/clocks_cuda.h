// SPDX-License-Identifier: Apache-2.0
// The timing of a CUDA stream from within: a kernel that holds it until the host lets go, and one
// that reads the clocks of multiprocessor 0. For device_cuda.cu; not emulated.
#pragma once

#include <cuda_runtime_api.h>

namespace qbench::cuda {

// Both are read by multiprocessor 0 at one instant; 0 where it was not reached.
struct Clocks {
  unsigned long long cycles, nanoseconds;
};

// Lies in memory of the host that the device sees.
struct Hold {
  int released, overdue;
};

// Keeps the stream busy until hold->released, for `limit` nanoseconds at the most: then it sets
// hold->overdue and ends, so that it can never hang.
cudaError_t launch_hold(volatile Hold* hold, unsigned long long limit, cudaStream_t stream);

// Loads both kernels. CUDA loads a kernel at its first launch and may wait for the stream to do so;
// behind a hold that wait would last until the hold is overdue.
cudaError_t load_clock_kernels();

// Stores the clocks, given that every multiprocessor of the idle device gets a block.
cudaError_t launch_read_clocks(Clocks* to, int processors, cudaStream_t stream);

}  // namespace qbench::cuda
