// SPDX-License-Identifier: Apache-2.0
// A cuBLASLt for the emulator: the functions that qbench uses, on the host's memory, as slow as
// they are plain. It refuses what the real one refuses, can be told to fail, and counts what is not
// destroyed.
#include <cstring>
#include <string>

#include "kernels/baselines/cublaslt_api.h"

using namespace qbench::cublaslt;

namespace qbench::cublaslt {
struct Handle {};
struct Desc {
  ComputeType sums;
  DataType scalars;
  std::int32_t of_a = kAsItIs, of_b = kAsItIs;
};
struct Layout {
  DataType type;
  std::uint64_t rows, cols;
  std::int64_t leading;
};
struct Preference {
  std::uint64_t workspace_bytes = 0;
  std::uint32_t reductions = 7;
};
}  // namespace qbench::cublaslt

namespace {

constexpr std::size_t kWorkspace = 4096;  // that its algorithm needs
constexpr std::uint64_t kAlgorithm = 42;

int live = 0;  // objects that were made and not destroyed
std::string to_fail;
Status failure = kSuccess;

#define FAIL_IF_TOLD() \
  if (to_fail == __func__) return failure

template <class T, class... A>
Status make(T** made, A... with) {
  *made = new T{with...};
  ++live;
  return kSuccess;
}
template <class T>
Status destroy(T* object) {
  delete object;
  --live;
  return kSuccess;
}

struct Bf16 {
  std::uint16_t bits;
  explicit operator float() const {
    const std::uint32_t wide = std::uint32_t{bits} << 16;
    float value;
    std::memcpy(&value, &wide, sizeof value);
    return value;
  }
  explicit Bf16(float value) {
    std::uint32_t wide;
    std::memcpy(&wide, &value, sizeof wide);
    const bool nan = value != value;
    bits = static_cast<std::uint16_t>(nan ? 0x7fc0 : (wide + 0x7fff + (wide >> 16 & 1)) >> 16);
  }
};

// Where an operand's element at row i, column j of op(matrix) lies, in elements.
std::int64_t at(const Layout& layout, std::int32_t op, std::int64_t i, std::int64_t j) {
  return op == kTransposed ? j + i * layout.leading : i + j * layout.leading;
}
std::uint64_t rows(const Layout& l, std::int32_t op) { return op == kTransposed ? l.cols : l.rows; }
std::uint64_t cols(const Layout& l, std::int32_t op) { return op == kTransposed ? l.rows : l.cols; }

struct Product {
  const Desc& desc;
  const Layout &a, &b, &d;
};

// Operands, sums and results of type T, S and R.
template <class T, class S, class R>
void multiply(const Product& p, S alpha, const void* a, const void* b, void* d) {
  const auto depth = static_cast<std::int64_t>(cols(p.a, p.desc.of_a));
  for (std::int64_t i = 0; i < static_cast<std::int64_t>(p.d.rows); ++i)
    for (std::int64_t j = 0; j < static_cast<std::int64_t>(p.d.cols); ++j) {
      S sum = 0;
      for (std::int64_t t = 0; t < depth; ++t)
        sum += static_cast<S>(static_cast<const T*>(a)[at(p.a, p.desc.of_a, i, t)]) *
               static_cast<S>(static_cast<const T*>(b)[at(p.b, p.desc.of_b, t, j)]);
      static_cast<R*>(d)[at(p.d, kAsItIs, i, j)] = static_cast<R>(alpha * sum);
    }
}

// True if the matrices fit each other, and columns do not overlap.
bool fits(const Product& p) {
  const std::uint64_t m = p.d.rows, n = p.d.cols, k = cols(p.a, p.desc.of_a);
  for (const Layout* layout : {&p.a, &p.b, &p.d})
    if (layout->leading < static_cast<std::int64_t>(layout->rows)) return false;
  return rows(p.a, p.desc.of_a) == m && rows(p.b, p.desc.of_b) == k && cols(p.b, p.desc.of_b) == n;
}

// The combinations that the manual of cublasLtMatmul lists.
bool is_supported(const Product& p) {
  const DataType type = p.a.type;
  if (p.b.type != type) return false;
  if (type != kS8) return p.d.type == type && p.desc.sums == kComputeF32 && p.desc.scalars == kF32;
  const bool fours = p.a.leading % 4 == 0 && p.b.leading % 4 == 0 && p.d.leading % 4 == 0;
  return p.d.type == kS32 && p.desc.sums == kComputeS32 && p.desc.scalars == kS32 && fours &&
         p.d.rows % 4 == 0 && p.desc.of_a == kTransposed && p.desc.of_b == kAsItIs;
}

Status take(void* to, std::size_t size, const void* value, std::size_t bytes) {
  if (bytes != size) return kInvalidValue;
  std::memcpy(to, value, size);
  return kSuccess;
}

}  // namespace

extern "C" {

int cublaslt_of_host = 1;

// The function of that name answers with this status from now on; "" for none.
void fake_cublaslt_fail(const char* function, int status) {
  to_fail = function;
  failure = static_cast<Status>(status);
}
int fake_cublaslt_live() { return live; }

const char* cublasLtGetStatusName(Status status) {
  switch (status) {
    case kSuccess:
      return "CUBLAS_STATUS_SUCCESS";
    case kAllocFailed:
      return "CUBLAS_STATUS_ALLOC_FAILED";
    case kInvalidValue:
      return "CUBLAS_STATUS_INVALID_VALUE";
    case kExecutionFailed:
      return "CUBLAS_STATUS_EXECUTION_FAILED";
    case kNotSupported:
      break;
  }
  return "CUBLAS_STATUS_NOT_SUPPORTED";
}

std::size_t cublasLtGetVersion() { return 130100; }

Status cublasLtCreate(Handle** handle) {
  FAIL_IF_TOLD();
  return make(handle);
}
Status cublasLtDestroy(Handle* handle) { return destroy(handle); }

Status cublasLtMatmulDescCreate(Desc** desc, ComputeType sums, DataType scalars) {
  FAIL_IF_TOLD();
  return make(desc, sums, scalars);
}
Status cublasLtMatmulDescDestroy(Desc* desc) { return destroy(desc); }

Status cublasLtMatmulDescSetAttribute(Desc* desc, DescAttribute attribute, const void* value,
                                      std::size_t bytes) {
  FAIL_IF_TOLD();
  if (attribute == kOperationOfA) return take(&desc->of_a, sizeof desc->of_a, value, bytes);
  if (attribute == kOperationOfB) return take(&desc->of_b, sizeof desc->of_b, value, bytes);
  return kInvalidValue;
}

Status cublasLtMatrixLayoutCreate(Layout** layout, DataType type, std::uint64_t row_count,
                                  std::uint64_t col_count, std::int64_t leading) {
  FAIL_IF_TOLD();
  return make(layout, type, row_count, col_count, leading);
}
Status cublasLtMatrixLayoutDestroy(Layout* layout) { return destroy(layout); }

Status cublasLtMatmulPreferenceCreate(Preference** preference) {
  FAIL_IF_TOLD();
  return make(preference);
}
Status cublasLtMatmulPreferenceDestroy(Preference* preference) { return destroy(preference); }

Status cublasLtMatmulPreferenceSetAttribute(Preference* to, PreferenceAttribute attribute,
                                            const void* value, std::size_t bytes) {
  FAIL_IF_TOLD();
  if (attribute == kWorkspaceBytes)
    return take(&to->workspace_bytes, sizeof to->workspace_bytes, value, bytes);
  if (attribute == kReductionSchemeMask)
    return take(&to->reductions, sizeof to->reductions, value, bytes);
  return kInvalidValue;
}

// Two algorithms, of which the first cannot be used. None, where it is told to fail with success.
Status cublasLtMatmulAlgoGetHeuristic(Handle*, Desc* desc, Layout* a, Layout* b, Layout* c,
                                      Layout* d, Preference* preference, int asked,
                                      Heuristic* found, int* count) {
  *count = 0;
  FAIL_IF_TOLD();
  const Product product = {*desc, *a, *b, *d};
  if (c != d || !fits(product) || asked < 2) return kInvalidValue;
  const bool room = preference->workspace_bytes >= kWorkspace;
  if (!is_supported(product) || !room || preference->reductions != kReducedInComputeType)
    return kNotSupported;
  found[0].state = kNotSupported;
  found[1] = {{{kAlgorithm}}, kWorkspace, kSuccess, 1, {}};
  *count = 2;
  return kSuccess;
}

Status cublasLtMatmul(Handle*, Desc* desc, const void* alpha, const void* a, Layout* a_layout,
                      const void* b, Layout* b_layout, const void* beta, const void* c,
                      Layout* c_layout, void* d, Layout* d_layout, const Algorithm* algorithm,
                      void* workspace, std::size_t workspace_bytes, void* /*stream*/) {
  FAIL_IF_TOLD();
  const Product product = {*desc, *a_layout, *b_layout, *d_layout};
  const float nothing = 0;
  if (algorithm->data[0] != kAlgorithm || workspace_bytes < kWorkspace || c != d ||
      c_layout != d_layout || std::memcmp(beta, &nothing, sizeof nothing) != 0)
    return kInvalidValue;
  if (!fits(product) || !is_supported(product)) return kNotSupported;
  std::memset(workspace, 0xff, kWorkspace);
  float one;
  std::int32_t one_s32;
  std::memcpy(&one, alpha, sizeof one);
  std::memcpy(&one_s32, alpha, sizeof one_s32);
  switch (a_layout->type) {
    case kF32:
      multiply<float, float, float>(product, one, a, b, d);
      break;
    case kF16:
      multiply<_Float16, float, _Float16>(product, one, a, b, d);
      break;
    case kBf16:
      multiply<Bf16, float, Bf16>(product, one, a, b, d);
      break;
    case kS8:
      multiply<std::int8_t, std::int32_t, std::int32_t>(product, one_s32, a, b, d);
      break;
    case kS32:
      return kNotSupported;
  }
  return kSuccess;
}

}  // extern "C"
