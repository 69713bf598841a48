// SPDX-License-Identifier: Apache-2.0
// Capture and replay of a stream's launches. What a replay queues, in order: the hold, the clocks,
// an event, the graphs, an event, the clocks. The host lets go when all of it is queued, so that
// its launches cost the device nothing.
#include <exception>

#include "kernels/device/clocks_cuda.h"
#include "kernels/device/recording_cuda.h"

namespace qbench::cuda {
namespace {

constexpr unsigned long long kLongestHold = 1'000'000'000;  // nanoseconds

// Memory of the host that the device reads and writes, too.
template <class T>
class Mapped {
 public:
  Mapped() {
    void* memory = nullptr;
    check(cudaHostAlloc(&memory, sizeof(T), cudaHostAllocMapped), "cudaHostAlloc");
    host_ = static_cast<T*>(memory);
    *host_ = {};
  }
  Mapped(const Mapped&) = delete;
  Mapped& operator=(const Mapped&) = delete;
  ~Mapped() { cudaFreeHost(host_); }
  volatile T* host() const { return host_; }
  T* device() const {
    void* memory = nullptr;
    check(cudaHostGetDevicePointer(&memory, host_, 0), "cudaHostGetDevicePointer");
    return static_cast<T*>(memory);
  }

 private:
  T* host_;
};

// Holds the stream while it lives, or until it lets go.
class HeldStream {
 public:
  HeldStream(const Mapped<Hold>& hold, cudaStream_t stream) : hold_(hold) {
    hold_.host()->released = 0;
    hold_.host()->overdue = 0;
    check(launch_hold(hold_.device(), kLongestHold, stream), "launch of the hold");
  }
  HeldStream(const HeldStream&) = delete;
  HeldStream& operator=(const HeldStream&) = delete;
  ~HeldStream() { let_go(); }
  void let_go() const { hold_.host()->released = 1; }

 private:
  const Mapped<Hold>& hold_;
};

class Graph final : public Recording {
 public:
  Graph(cudaStream_t stream, int processors, const std::function<void()>& work)
      : stream_(stream), processors_(processors) {
    const cudaGraph_t graph = capture(work);
    const cudaError_t made = cudaGraphInstantiate(&graph_, graph, 0);
    cudaGraphDestroy(graph);
    check(made, "cudaGraphInstantiate");
    check(cudaGraphUpload(graph_, stream_), "cudaGraphUpload");
    check(load_clock_kernels(), "loading of the kernels that read clocks");
  }
  ~Graph() override { cudaGraphExecDestroy(graph_); }

  Elapsed replay(int times) override {
    before_.host()->cycles = 0;
    after_.host()->cycles = 0;
    {
      const HeldStream held(hold_, stream_);
      read_clocks(before_);
      start_.record(stream_);
      for (int i = 0; i < times; ++i) check(cudaGraphLaunch(graph_, stream_), "cudaGraphLaunch");
      end_.record(stream_);
      read_clocks(after_);
    }
    check(cudaStreamSynchronize(stream_), "replay");
    const double seconds = end_.seconds_since(start_);
    return {
        .seconds = seconds, .cycles = seconds * clock_hz(), .in_queue = hold_.host()->overdue == 0};
  }

 private:
  cudaGraph_t capture(const std::function<void()>& work) const {
    check(cudaStreamBeginCapture(stream_, cudaStreamCaptureModeRelaxed), "cudaStreamBeginCapture");
    std::exception_ptr error;
    try {
      work();
    } catch (...) {
      error = std::current_exception();
    }
    cudaGraph_t graph = nullptr;
    const cudaError_t ended = cudaStreamEndCapture(stream_, &graph);
    if (error != nullptr && graph != nullptr) cudaGraphDestroy(graph);
    if (error != nullptr) std::rethrow_exception(error);
    check(ended, "cudaStreamEndCapture");
    return graph;
  }

  void read_clocks(const Mapped<Clocks>& to) const {
    check(launch_read_clocks(to.device(), processors_, stream_), "launch of the clocks");
  }

  // The clock of multiprocessor 0 between the two readings, which enclose the events; 0 where one
  // is missing. Measured, since the clock that NVML reports is late by more than a replay takes.
  double clock_hz() const {
    const unsigned long long first = before_.host()->cycles, last = after_.host()->cycles;
    const unsigned long long passed = after_.host()->nanoseconds - before_.host()->nanoseconds;
    if (first == 0 || last <= first || passed == 0) return 0;
    return static_cast<double>(last - first) / static_cast<double>(passed) * 1e9;
  }

  cudaStream_t stream_;
  int processors_;
  cudaGraphExec_t graph_ = nullptr;
  Event start_, end_;
  Mapped<Hold> hold_;
  Mapped<Clocks> before_, after_;
};

}  // namespace

void check(cudaError_t error, const char* what) {
  if (error == cudaSuccess) return;
  cudaGetLastError();  // forgets an error that is not sticky
  const std::string text = std::string(what) + ": " + cudaGetErrorString(error);
  if (error == cudaErrorMemoryAllocation) throw DeviceOutOfMemory(text);
  throw DeviceError(text);
}

std::unique_ptr<Recording> record(cudaStream_t stream, int processors,
                                  const std::function<void()>& work) {
  return std::make_unique<Graph>(stream, processors, work);
}

}  // namespace qbench::cuda
