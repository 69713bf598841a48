// SPDX-License-Identifier: Apache-2.0
// A kernel library to begin with: nf4 on the CPU, to f32 and as a product of few rows.
//
//   cc -O2 -shared -fPIC -I FOLDER_OF_THE_HEADER example.c -o example.so
//   qbench --kernel-library ./example.so --suite dequantize,gemv --modes nf4 --dtypes fp32
#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#include "kernel_library.h"

static const float kLevels[16] = {-1.0f,        -0.6961928f,  -0.52507305f,  -0.3949175f,
                                  -0.28444138f, -0.18477343f, -0.091050036f, 0.0f,
                                  0.0795803f,   0.1609302f,   0.2461123f,    0.33791524f,
                                  0.44070983f,  0.562617f,    0.72295684f,   1.0f};

struct trial {
  const struct qbench_problem* problem;  // stays valid until release
  const unsigned char* codes;
  const float* absmax;
  int64_t count;  // of the results
  float results[];
};

// Two codes a byte, the first in the high nibble; an absmax for every block of the flattened
// matrix.
static float weight(const struct trial* t, int64_t i) {
  const int code = i % 2 == 0 ? t->codes[i / 2] >> 4 : t->codes[i / 2] & 15;
  return kLevels[code] * t->absmax[i / t->problem->block_size];
}

static const char* only_fp32(const struct qbench_problem* p) {
  return p->dtype == QBENCH_FP32 ? NULL : "the dtype must be fp32";
}

static const char* few_rows(const struct qbench_problem* p) {
  return p->m > 8 ? "m must be at most 8" : only_fp32(p);
}

static void* prepare(const struct qbench_problem* p, char* error, size_t size) {
  const int64_t count = (p->x ? p->m * p->n : p->n * p->k);
  struct trial* t = malloc(sizeof *t + (size_t)count * sizeof(float));
  if (t == NULL) {
    snprintf(error, size, "no memory for %lld results", (long long)count);
    return NULL;
  }
  t->problem = p;
  t->codes = qbench_plane(p, "codes").bytes;
  t->absmax = qbench_plane(p, "scales").bytes;
  t->count = count;
  for (int64_t i = 0; i < count; ++i) t->results[i] = NAN;
  return t;
}

static double dequantize(void* trial) {
  struct trial* t = trial;
  for (int64_t i = 0; i < t->count; ++i) t->results[i] = weight(t, i);
  return -1;  // let qbench take the time
}

static double gemv(void* trial) {
  struct trial* t = trial;
  const struct qbench_problem* p = t->problem;
  for (int64_t row = 0; row < p->m; ++row)
    for (int64_t column = 0; column < p->n; ++column) {
      float sum = 0;
      for (int64_t i = 0; i < p->k; ++i) sum += p->x[row * p->k + i] * weight(t, column * p->k + i);
      t->results[row * p->n + column] = sum;
    }
  return -1;
}

static int output(void* trial, const struct qbench_output* out, char* error, size_t size) {
  const struct trial* t = trial;
  (void)error, (void)size;  // a copy cannot fail
  for (int64_t i = 0; i < t->count; ++i) out->values[i] = t->results[i];
  return 0;
}

static const struct qbench_kernel kKernels[] = {
    {"example-dequantize", "dequantize", "nf4", "cpu", only_fp32, prepare, dequantize, output,
     free},
    {"example-gemv", "matmul", "nf4", "cpu", few_rows, prepare, gemv, output, free},
};

const struct qbench_library* qbench_kernel_library(void) {
  static const struct qbench_library library = {QBENCH_KERNEL_LIBRARY_VERSION,
                                                sizeof kKernels / sizeof kKernels[0], kKernels};
  return &library;
}
