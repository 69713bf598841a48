// SPDX-License-Identifier: Apache-2.0
// The structs of version 1 of kernel_library.h, which libraries built with it still have. They
// never change. C sees them by the names that version 1 gave them, C++ in a namespace, beside the
// current ones.
#ifndef QBENCH_KERNELS_VERSION_1_H_
#define QBENCH_KERNELS_VERSION_1_H_

#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
namespace qbench::version_1 {
#else
#define QBENCH_KERNEL_LIBRARY_VERSION 1
#endif

enum qbench_dtype { QBENCH_FP32, QBENCH_FP16, QBENCH_BF16 };

// The planes that version 1 knows; one that a mode does not have has size 0.
enum qbench_buffer {
  QBENCH_CODES,
  QBENCH_SCALES,
  QBENCH_SCALES_OUTER,
  QBENCH_SCALES_MEAN,
  QBENCH_ZEROS,
  QBENCH_ZEROS_OUTER,
  QBENCH_ZEROS_MEAN,
  QBENCH_BUFFERS
};

struct qbench_kernel;

struct qbench_problem {
  const struct qbench_kernel* kernel;
  int64_t m, n, k;
  int block_size;
  enum qbench_dtype dtype;
  int device_index;
  const float* weights;
  const float* x;
  const void* bytes[QBENCH_BUFFERS];  // by enum qbench_buffer
  size_t sizes[QBENCH_BUFFERS];
};

struct qbench_output {
  float* values;
  void* bytes[QBENCH_BUFFERS];
};

struct qbench_kernel {
  const char* name;
  const char* operation;
  const char* mode;
  const char* device;
  const char* (*unsupported)(const struct qbench_problem* problem);
  void* (*prepare)(const struct qbench_problem* problem, char* error, size_t size);
  double (*run)(void* trial);
  int (*output)(void* trial, const struct qbench_output* output, char* error, size_t size);
  void (*release)(void* trial);
};

struct qbench_library {
  int version;
  int count;
  const struct qbench_kernel* kernels;
};

#ifdef __cplusplus
}  // namespace qbench::version_1
#else
__attribute__((visibility("default"))) const struct qbench_library* qbench_kernel_library(void);
#endif

#endif
