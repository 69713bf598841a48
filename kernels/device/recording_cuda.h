// SPDX-License-Identifier: Apache-2.0
// Recording on CUDA: a graph captured from a stream, replayed between two events.
#pragma once

#include <cuda_runtime_api.h>

#include <functional>
#include <memory>

#include "kernels/device/device.h"

namespace qbench::cuda {

// Throws DeviceError, or DeviceOutOfMemory, with CUDA's words for an error.
void check(cudaError_t error, const char* what);

class Event {
 public:
  Event() { check(cudaEventCreate(&event_), "cudaEventCreate"); }
  Event(const Event&) = delete;
  Event& operator=(const Event&) = delete;
  ~Event() { cudaEventDestroy(event_); }
  void record(cudaStream_t stream) const {
    check(cudaEventRecord(event_, stream), "cudaEventRecord");
  }
  // Waits for this one.
  double seconds_since(const Event& start) const {
    float milliseconds = 0;
    check(cudaEventSynchronize(event_), "cudaEventSynchronize");
    check(cudaEventElapsedTime(&milliseconds, start.event_, event_), "cudaEventElapsedTime");
    return static_cast<double>(milliseconds) * 1e-3;
  }

 private:
  cudaEvent_t event_;
};

std::unique_ptr<Recording> record(cudaStream_t stream, int processors,
                                  const std::function<void()>& work);

}  // namespace qbench::cuda
