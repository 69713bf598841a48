// SPDX-License-Identifier: Apache-2.0
// NVIDIA's cuBLASLt, the baseline of products: loaded when it is first asked for, never linked.
#pragma once

#include <memory>
#include <string>

#include "kernels/baselines/cublaslt_api.h"
#include "kernels/device/device.h"

namespace qbench {

// A library of that interface. One that computes in the host's memory, as the fake of the tests
// does, exports the symbol `cublaslt_of_host`: it serves the emulated device, others serve GPUs.
struct CublasLtLibrary {
  cublaslt::Functions call = {};
  std::string file = {};
  bool of_host = false;
  std::string absent = {};  // why there is none, in one line that says what to do; or empty
};

// The library `file`; empty: libcublasLt.so.13, .12 or .so of the library path.
CublasLtLibrary load_cublaslt(const std::string& file);

// The library in use: $QBENCH_CUBLASLT, or that of the library path. It stays loaded.
const CublasLtLibrary& cublaslt_library();

// The reason why it cannot serve the emulated device (`on_host`) or GPUs, or empty.
std::string why_no_cublaslt(const CublasLtLibrary& library, bool on_host);

// The type of x and W. y has the same type, or int32 where they are int8; sums are f32, or int32.
enum class CublasLtType { f32, f16, bf16, s8 };

// y = x W^T, all row-major: x is m x k, W n x k, y m x n, whose rows are y_stride apart. Throws
// DeviceError with cuBLASLt's name for what is wrong.
class CublasLtProduct {
 public:
  CublasLtProduct(Device& device, CublasLtType type, std::int64_t m, std::int64_t n, std::int64_t k,
                  std::int64_t y_stride);
  CublasLtProduct(Device& device, CublasLtType type, std::int64_t m, std::int64_t n, std::int64_t k)
      : CublasLtProduct(device, type, m, n, k, n) {}
  // In order with the device's other operations. Pointers are aligned to 256 bytes.
  void run(const void* x, const void* w, void* y) const;

 private:
  template <class T>
  using Owned = std::unique_ptr<T, cublaslt::Status (*)(T*)>;

  cublaslt::Heuristic choose() const;

  Device& device_;
  bool integers_;
  Owned<cublaslt::Handle> handle_;
  Owned<cublaslt::Desc> desc_;
  Owned<cublaslt::Layout> w_, x_, y_;
  cublaslt::Heuristic chosen_;
  DeviceBuffer<std::byte> workspace_;
};

}  // namespace qbench
