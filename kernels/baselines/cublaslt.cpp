// SPDX-License-Identifier: Apache-2.0
// cuBLASLt by dlopen, and products through it.
#include "kernels/baselines/cublaslt.h"

#include <dlfcn.h>

#include <algorithm>
#include <cstdlib>
#include <span>
#include <type_traits>
#include <vector>

namespace qbench {
namespace {

using namespace cublaslt;

constexpr std::uint64_t kMostWorkspace = 32 << 20;
constexpr int kAlgorithms = 8;  // asked for

struct Types {
  DataType operands, result, scalars;
  ComputeType sums;
};

Types types_of(CublasLtType type) {
  switch (type) {
    case CublasLtType::f32:
      return {kF32, kF32, kF32, kComputeF32};
    case CublasLtType::f16:
      return {kF16, kF16, kF32, kComputeF32};
    case CublasLtType::bf16:
      return {kBf16, kBf16, kF32, kComputeF32};
    case CublasLtType::s8:
      break;
  }
  return {kS8, kS32, kS32, kComputeS32};
}

// The first of the functions that the library lacks, or nullptr.
const char* find_functions(void* library, Functions& call) {
  const char* missing = nullptr;
  const auto find = [&]<class F>(F*& function, const char* name) {
    function = reinterpret_cast<F*>(::dlsym(library, name));
    if (function == nullptr && missing == nullptr) missing = name;
  };
  find(call.status_name, "cublasLtGetStatusName");
  find(call.version, "cublasLtGetVersion");
  find(call.create, "cublasLtCreate");
  find(call.destroy, "cublasLtDestroy");
  find(call.desc_create, "cublasLtMatmulDescCreate");
  find(call.desc_destroy, "cublasLtMatmulDescDestroy");
  find(call.desc_set, "cublasLtMatmulDescSetAttribute");
  find(call.layout_create, "cublasLtMatrixLayoutCreate");
  find(call.layout_destroy, "cublasLtMatrixLayoutDestroy");
  find(call.preference_create, "cublasLtMatmulPreferenceCreate");
  find(call.preference_destroy, "cublasLtMatmulPreferenceDestroy");
  find(call.preference_set, "cublasLtMatmulPreferenceSetAttribute");
  find(call.heuristics, "cublasLtMatmulAlgoGetHeuristic");
  find(call.matmul, "cublasLtMatmul");
  return missing;
}

void check(Status status, const char* function) {
  if (status == kSuccess) return;
  const std::string text =
      std::string(function) + ": " + cublaslt_library().call.status_name(status);
  if (status == kAllocFailed) throw DeviceOutOfMemory(text);
  throw DeviceError(text);
}

template <class T, class... A>
std::unique_ptr<T, Status (*)(T*)> make(const char* function, Status (*create)(T**, A...),
                                        Status (*destroy)(T*), std::type_identity_t<A>... with) {
  T* made = nullptr;
  check(create(&made, with...), function);
  return {made, destroy};
}

const Functions& call() { return cublaslt_library().call; }

auto make_layout(DataType type, std::int64_t rows, std::int64_t cols, std::int64_t leading) {
  return make("cublasLtMatrixLayoutCreate", call().layout_create, call().layout_destroy, type,
              static_cast<std::uint64_t>(rows), static_cast<std::uint64_t>(cols), leading);
}

void set(Desc* desc, DescAttribute attribute, std::int32_t value) {
  check(call().desc_set(desc, attribute, &value, sizeof value), "cublasLtMatmulDescSetAttribute");
}

template <class V>
void set(Preference* preference, PreferenceAttribute attribute, V value) {
  check(call().preference_set(preference, attribute, &value, sizeof value),
        "cublasLtMatmulPreferenceSetAttribute");
}

}  // namespace

CublasLtLibrary load_cublaslt(const std::string& file) {
  std::vector<std::string> files = {file};
  if (file.empty()) files = {"libcublasLt.so.13", "libcublasLt.so.12", "libcublasLt.so"};
  CublasLtLibrary found;
  void* library = nullptr;
  for (auto name = files.begin(); library == nullptr && name != files.end(); ++name) {
    library = ::dlopen(name->c_str(), RTLD_NOW | RTLD_LOCAL);
    found.file = *name;
  }
  const char* const to_do = "; put libcublasLt.so on the library path or in QBENCH_CUBLASLT";
  if (library == nullptr) {
    found.absent = std::string("no cuBLASLt: ") + ::dlerror() + to_do;
  } else if (const char* missing = find_functions(library, found.call); missing != nullptr) {
    found.absent = "no cuBLASLt: " + found.file + " has no " + missing + to_do;
  } else {
    found.of_host = ::dlsym(library, "cublaslt_of_host") != nullptr;
  }
  return found;
}

const CublasLtLibrary& cublaslt_library() {
  static const CublasLtLibrary library = [] {
    const char* const file = std::getenv("QBENCH_CUBLASLT");
    return load_cublaslt(file == nullptr ? "" : file);
  }();
  return library;
}

std::string why_no_cublaslt(const CublasLtLibrary& library, bool on_host) {
  if (!library.absent.empty() || library.of_host == on_host) return library.absent;
  return "cuBLASLt: " + library.file + (on_host ? " computes on GPUs" : " computes on the host") +
         ", not here; name another library in QBENCH_CUBLASLT";
}

// cuBLASLt's matrices are column-major: what is rows x cols here is cols x rows there, with the
// same bytes. So y (m x n) is its n x m, W (n x k) its k x n and x (m x k) its k x m, each with the
// step from row to row here as leading dimension, and y = x W^T is
//
//   D (n x m) = op(A) (n x k) * B (k x m)    A = W, transposed; B = x, as it is; D = y
//
// which is the only form in which it takes int8.
CublasLtProduct::CublasLtProduct(Device& device, CublasLtType type, std::int64_t m, std::int64_t n,
                                 std::int64_t k, std::int64_t y_stride)
    : device_(device),
      integers_(type == CublasLtType::s8),
      handle_(make("cublasLtCreate", call().create, call().destroy)),
      desc_(make("cublasLtMatmulDescCreate", call().desc_create, call().desc_destroy,
                 types_of(type).sums, types_of(type).scalars)),
      w_(make_layout(types_of(type).operands, k, n, k)),
      x_(make_layout(types_of(type).operands, k, m, k)),
      y_(make_layout(types_of(type).result, n, m, y_stride)),
      chosen_(choose()),
      workspace_(device, std::max<std::size_t>(chosen_.workspace_bytes, 1)) {}

// The first algorithm of its list: the fastest, by its own estimate. Partial sums are added in the
// type of sums, not in that of y: results are rounded once, as the bound of a product assumes.
Heuristic CublasLtProduct::choose() const {
  set(desc_.get(), kOperationOfA, kTransposed);
  set(desc_.get(), kOperationOfB, kAsItIs);
  const auto preference =
      make("cublasLtMatmulPreferenceCreate", call().preference_create, call().preference_destroy);
  set(preference.get(), kWorkspaceBytes, kMostWorkspace);
  set(preference.get(), kReductionSchemeMask, static_cast<std::uint32_t>(kReducedInComputeType));
  Heuristic found[kAlgorithms] = {};
  int count = 0;
  check(call().heuristics(handle_.get(), desc_.get(), w_.get(), x_.get(), y_.get(), y_.get(),
                          preference.get(), kAlgorithms, found, &count),
        "cublasLtMatmulAlgoGetHeuristic");
  for (const Heuristic& each : std::span(found).first(static_cast<std::size_t>(count)))
    if (each.state == kSuccess) return each;
  throw DeviceError("cublasLtMatmulAlgoGetHeuristic: there is no algorithm");
}

void CublasLtProduct::run(const void* x, const void* w, void* y) const {
  const float one_f32 = 1;
  const std::int32_t one_s32 = 1, zero = 0;  // as f32 the same bits
  const void* const one = integers_ ? static_cast<const void*>(&one_s32) : &one_f32;
  check(call().matmul(handle_.get(), desc_.get(), one, w, w_.get(), x, x_.get(), &zero, y, y_.get(),
                      y, y_.get(), &chosen_.algorithm, workspace_.data(), chosen_.workspace_bytes,
                      device_.stream()),
        "cublasLtMatmul");
}

}  // namespace qbench
