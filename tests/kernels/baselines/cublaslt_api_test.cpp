// SPDX-License-Identifier: Apache-2.0
// kernels/baselines/cublaslt_api.h against cublasLt.h: compiling this file is the test.
#include "kernels/baselines/cublaslt_api.h"

#include <cublasLt.h>

#include <cstddef>
#include <type_traits>

namespace {

using namespace qbench::cublaslt;

static_assert(kSuccess == int{CUBLAS_STATUS_SUCCESS});
static_assert(kAllocFailed == int{CUBLAS_STATUS_ALLOC_FAILED});
static_assert(kInvalidValue == int{CUBLAS_STATUS_INVALID_VALUE});
static_assert(kExecutionFailed == int{CUBLAS_STATUS_EXECUTION_FAILED});
static_assert(kNotSupported == int{CUBLAS_STATUS_NOT_SUPPORTED});
static_assert(kF32 == int{CUDA_R_32F});
static_assert(kF16 == int{CUDA_R_16F});
static_assert(kBf16 == int{CUDA_R_16BF});
static_assert(kS8 == int{CUDA_R_8I});
static_assert(kS32 == int{CUDA_R_32I});
static_assert(kComputeF32 == int{CUBLAS_COMPUTE_32F});
static_assert(kComputeS32 == int{CUBLAS_COMPUTE_32I});
static_assert(kAsItIs == int{CUBLAS_OP_N});
static_assert(kTransposed == int{CUBLAS_OP_T});
static_assert(kOperationOfA == int{CUBLASLT_MATMUL_DESC_TRANSA});
static_assert(kOperationOfB == int{CUBLASLT_MATMUL_DESC_TRANSB});
static_assert(kWorkspaceBytes == int{CUBLASLT_MATMUL_PREF_MAX_WORKSPACE_BYTES});
static_assert(kReductionSchemeMask == int{CUBLASLT_MATMUL_PREF_REDUCTION_SCHEME_MASK});
static_assert(kReducedInComputeType == unsigned{CUBLASLT_REDUCTION_SCHEME_COMPUTE_TYPE});

using TheirHeuristic = cublasLtMatmulHeuristicResult_t;
static_assert(sizeof(Algorithm) == sizeof(cublasLtMatmulAlgo_t));
static_assert(sizeof(Heuristic) == sizeof(TheirHeuristic));
static_assert(offsetof(Heuristic, workspace_bytes) == offsetof(TheirHeuristic, workspaceSize));
static_assert(offsetof(Heuristic, state) == offsetof(TheirHeuristic, state));

// A value as a calling convention passes it: any pointer, any enumeration as its 4 bytes, or
// itself.
template <class T>
using Word = std::conditional_t<std::is_pointer_v<T>, void*,
                                std::conditional_t<std::is_enum_v<T>, std::int32_t, T>>;
template <class F>
struct Convention;
template <class R, class... A>
struct Convention<R (*)(A...)> {
  static_assert(((!std::is_enum_v<A> || sizeof(A) == 4) && ... && true));
  using type = Word<R> (*)(Word<A>...);
};
template <class Ours, class Theirs>
constexpr bool same(Ours, Theirs) {
  return std::is_same_v<typename Convention<Ours>::type, typename Convention<Theirs>::type>;
}

constexpr Functions kOurs = {};
static_assert(same(kOurs.status_name, cublasLtGetStatusName));
static_assert(same(kOurs.version, cublasLtGetVersion));
static_assert(same(kOurs.create, cublasLtCreate));
static_assert(same(kOurs.destroy, cublasLtDestroy));
static_assert(same(kOurs.desc_create, cublasLtMatmulDescCreate));
static_assert(same(kOurs.desc_destroy, cublasLtMatmulDescDestroy));
static_assert(same(kOurs.desc_set, cublasLtMatmulDescSetAttribute));
static_assert(same(kOurs.layout_create, cublasLtMatrixLayoutCreate));
static_assert(same(kOurs.layout_destroy, cublasLtMatrixLayoutDestroy));
static_assert(same(kOurs.preference_create, cublasLtMatmulPreferenceCreate));
static_assert(same(kOurs.preference_destroy, cublasLtMatmulPreferenceDestroy));
static_assert(same(kOurs.preference_set, cublasLtMatmulPreferenceSetAttribute));
static_assert(same(kOurs.heuristics, cublasLtMatmulAlgoGetHeuristic));
static_assert(same(kOurs.matmul, cublasLtMatmul));

}  // namespace
