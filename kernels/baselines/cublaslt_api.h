// SPDX-License-Identifier: Apache-2.0
// The part of cuBLASLt's C interface that qbench uses, declared by hand, so that building needs no
// cuBLAS. tests/kernels/baselines/cublaslt_api_test.cpp holds it to cublasLt.h where there is one.
#pragma once

#include <cstddef>
#include <cstdint>

namespace qbench::cublaslt {

enum Status : int {
  kSuccess = 0,
  kAllocFailed = 3,
  kInvalidValue = 7,
  kExecutionFailed = 13,
  kNotSupported = 15
};
enum DataType : int { kF32 = 0, kF16 = 2, kS8 = 3, kS32 = 10, kBf16 = 14 };
enum ComputeType : int { kComputeF32 = 68, kComputeS32 = 72 };
enum Operation : int { kAsItIs = 0, kTransposed = 1 };
enum DescAttribute : int { kOperationOfA = 3, kOperationOfB = 4 };                 // int32
enum PreferenceAttribute : int { kWorkspaceBytes = 1, kReductionSchemeMask = 3 };  // u64, u32
enum ReductionScheme : std::uint32_t { kReducedInComputeType = 2 };

struct Handle;
struct Desc;
struct Layout;  // of a column-major matrix
struct Preference;
struct Algorithm {
  std::uint64_t data[8];
};
struct Heuristic {
  Algorithm algorithm;
  std::size_t workspace_bytes;
  Status state;
  float waves;
  int reserved[4];
};

struct Functions {
  const char* (*status_name)(Status);
  std::size_t (*version)();
  Status (*create)(Handle**);
  Status (*destroy)(Handle*);
  Status (*desc_create)(Desc**, ComputeType, DataType scalars);
  Status (*desc_destroy)(Desc*);
  Status (*desc_set)(Desc*, DescAttribute, const void* value, std::size_t bytes);
  Status (*layout_create)(Layout**, DataType, std::uint64_t rows, std::uint64_t cols,
                          std::int64_t leading);
  Status (*layout_destroy)(Layout*);
  Status (*preference_create)(Preference**);
  Status (*preference_destroy)(Preference*);
  Status (*preference_set)(Preference*, PreferenceAttribute, const void* value, std::size_t bytes);
  Status (*heuristics)(Handle*, Desc*, Layout* a, Layout* b, Layout* c, Layout* d, Preference*,
                       int asked, Heuristic* found, int* count);
  // d = alpha op(a) op(b) + beta c
  Status (*matmul)(Handle*, Desc*, const void* alpha, const void* a, Layout*, const void* b,
                   Layout*, const void* beta, const void* c, Layout*, void* d, Layout*,
                   const Algorithm*, void* workspace, std::size_t workspace_bytes, void* stream);
};

}  // namespace qbench::cublaslt
