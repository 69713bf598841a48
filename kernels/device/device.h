// SPDX-License-Identifier: Apache-2.0
// A device as host code sees it: memory, copies and launches. Implemented twice: on the CUDA
// runtime (device_cuda.cu) and by the emulator (emulator.h). Needs no header of CUDA's.
#pragma once

#include <algorithm>
#include <cstddef>
#include <functional>
#include <memory>
#include <stdexcept>
#include <string>
#include <tuple>
#include <utility>
#include <vector>

namespace qbench {

struct GridSize {
  unsigned x = 1, y = 1, z = 1;
};

// A place in the source. As a default argument or initializer, Site::here() is the caller's.
struct Site {
  const char* file = "";
  int line = 0;
  const char* operation = "";

  static constexpr Site here(const char* file = __builtin_FILE(), int line = __builtin_LINE()) {
    return {file, line, ""};
  }
  constexpr Site of(const char* name) const { return {file, line, name}; }
};

struct LaunchConfig {
  GridSize grid = {}, block = {};
  std::size_t shared_bytes = 0;  // dynamic shared memory of a block
  Site site = Site::here();
};

// A kernel with its arguments; their types are known to `invoke` only.
struct KernelCall {
  const void* kernel;
  void** arguments;                   // as cudaLaunchKernel takes them
  void (*invoke)(const KernelCall&);  // one thread's call; the emulator's way in
};

struct DeviceError : std::runtime_error {
  using std::runtime_error::runtime_error;
};
struct DeviceOutOfMemory : DeviceError {
  using DeviceError::DeviceError;
};

// Traits of a device; 0 or empty where unknown.
struct DeviceTraits {
  std::string pci_bus_id = {};
  std::size_t l2_bytes = 0;
  double clock_hz = 0;  // the highest for which its multiprocessors are made
  int processors = 1;   // multiprocessors
  bool wgmma = false;   // it has products of warpgroups, and this build code for them
};

// The bytes that DeviceBuffers hold.
struct DeviceMemory {
  std::size_t current = 0, peak = 0;
  void add(std::size_t bytes) { peak = std::max(peak, current += bytes); }
  void remove(std::size_t bytes) { current -= bytes; }
  void restart_peak() { peak = current; }
};

// How long a replay took on the device's own clock.
struct Elapsed {
  double seconds = 0;    // 0 where the device has no clock
  double cycles = 0;     // of a multiprocessor's clock; 0 where they are not known
  bool in_queue = true;  // all launches waited on the device before the first began
};

// Launches that were recorded, to be run again as they were.
class Recording {
 public:
  virtual ~Recording() = default;
  // Runs `times` in a row; timed from the first launch's begin to the last one's end.
  virtual Elapsed replay(int times) = 0;
};

// Every operation is in order with those before it. An error of a kernel is thrown by launch(), or
// on CUDA by the next operation that waits for it, and by all that follow.
class Device {
 public:
  virtual ~Device() = default;
  // Aligned to 256 bytes, contents arbitrary.
  virtual void* allocate(std::size_t bytes) = 0;
  virtual void free(void* memory) noexcept = 0;
  virtual void copy_to_device(void* to, const void* from, std::size_t bytes) = 0;
  virtual void copy_to_host(void* to, const void* from, std::size_t bytes) = 0;
  virtual void copy(void* to, const void* from, std::size_t bytes) = 0;  // within the device
  virtual void fill(void* memory, unsigned char value, std::size_t bytes) = 0;
  virtual void synchronize() = 0;
  virtual void launch(const LaunchConfig& config, const KernelCall& call) = 0;
  // Bytes of dynamic shared memory that a block may have.
  virtual std::size_t shared_limit() = 0;
  // Seconds that the launches of `work` take on the device's clock; 0 where it has none.
  virtual double seconds_of(const std::function<void()>& work) = 0;
  // Records the launches, fills and copies within the device that `work` makes; it may do nothing
  // else.
  virtual std::unique_ptr<Recording> record(const std::function<void()>& work) = 0;
  virtual DeviceTraits traits() = 0;
  // The cudaStream_t of all operations, for libraries that launch by themselves.
  virtual void* stream() { return nullptr; }

  DeviceMemory& memory() { return memory_; }

 private:
  DeviceMemory memory_;
};

// launch(device, {.grid = {blocks}, .block = {256}}, kernel, arguments...);
template <class... P, class... A>
void launch(Device& device, const LaunchConfig& config, void (*kernel)(P...), A&&... arguments) {
  static_assert(sizeof...(P) == sizeof...(A), "as many arguments as the kernel has parameters");
  std::tuple<P...> values(static_cast<P>(arguments)...);
  std::apply(
      [&](P&... each) {
        void* pointers[] = {const_cast<void*>(static_cast<const void*>(&each))..., nullptr};
        const auto invoke = [](const KernelCall& call) {
          [&]<std::size_t... I>(std::index_sequence<I...>) {
            reinterpret_cast<void (*)(P...)>(const_cast<void*>(call.kernel))(
                *static_cast<P*>(call.arguments[I])...);
          }
          (std::index_sequence_for<P...>());
        };
        device.launch(config, {reinterpret_cast<const void*>(kernel), pointers, invoke});
      },
      values);
}

// Device memory of `size` values, freed with the object.
template <class T>
class DeviceBuffer {
 public:
  DeviceBuffer(Device& device, std::size_t size) : device_(&device), size_(size) {
    data_ = static_cast<T*>(device.allocate(size * sizeof(T)));
    device.memory().add(size * sizeof(T));
  }
  DeviceBuffer(Device& device, const std::vector<T>& values) : DeviceBuffer(device, values.size()) {
    device.copy_to_device(data_, values.data(), size_ * sizeof(T));
  }
  DeviceBuffer(DeviceBuffer&& from) noexcept
      : device_(from.device_), size_(from.size_), data_(std::exchange(from.data_, nullptr)) {}
  DeviceBuffer& operator=(const DeviceBuffer&) = delete;
  ~DeviceBuffer() {
    if (data_ == nullptr) return;
    device_->free(data_);
    device_->memory().remove(size_ * sizeof(T));
  }

  DeviceBuffer clone() const {
    DeviceBuffer out(*device_, size_);
    device_->copy(out.data_, data_, size_ * sizeof(T));
    return out;
  }

  T* data() const { return data_; }
  std::size_t size() const { return size_; }
  std::vector<T> to_host() const {
    std::vector<T> values(size_);
    device_->copy_to_host(values.data(), data_, size_ * sizeof(T));
    return values;
  }

 private:
  Device* device_;
  std::size_t size_;
  T* data_;
};

// The CUDA device of this index; throws DeviceError where there is none.
std::unique_ptr<Device> open_cuda_device(int index = 0);

}  // namespace qbench
