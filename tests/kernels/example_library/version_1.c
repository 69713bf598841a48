// SPDX-License-Identifier: Apache-2.0
// A library of version 1: nf4 to f32, from buffers by number.
#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#include "kernels/library/version_1.h"

static const float kLevels[16] = {-1.0f,        -0.6961928f,  -0.52507305f,  -0.3949175f,
                                  -0.28444138f, -0.18477343f, -0.091050036f, 0.0f,
                                  0.0795803f,   0.1609302f,   0.2461123f,    0.33791524f,
                                  0.44070983f,  0.562617f,    0.72295684f,   1.0f};

struct trial {
  const struct qbench_problem* problem;  // stays valid until release
  int64_t count;
  float results[];
};

static const char* only_fp32(const struct qbench_problem* p) {
  return p->dtype == QBENCH_FP32 ? NULL : "the dtype must be fp32";
}

static void* prepare(const struct qbench_problem* p, char* error, size_t size) {
  const int64_t count = p->n * p->k;
  struct trial* t = malloc(sizeof *t + (size_t)count * sizeof(float));
  if (t == NULL) {
    snprintf(error, size, "no memory for %lld results", (long long)count);
    return NULL;
  }
  t->problem = p;
  t->count = count;
  for (int64_t i = 0; i < count; ++i) t->results[i] = NAN;
  return t;
}

static double dequantize(void* trial) {
  struct trial* t = trial;
  const unsigned char* codes = t->problem->bytes[QBENCH_CODES];
  const float* absmax = t->problem->bytes[QBENCH_SCALES];
  for (int64_t i = 0; i < t->count; ++i) {
    const int code = i % 2 == 0 ? codes[i / 2] >> 4 : codes[i / 2] & 15;
    t->results[i] = kLevels[code] * absmax[i / t->problem->block_size];
  }
  return -1;
}

static int output(void* trial, const struct qbench_output* out, char* error, size_t size) {
  const struct trial* t = trial;
  (void)error, (void)size;
  for (int64_t i = 0; i < t->count; ++i) out->values[i] = t->results[i];
  return 0;
}

static const struct qbench_kernel kernel = {"version-1", "dequantize", "nf4",  "cpu", only_fp32,
                                            prepare,     dequantize,   output, free};

const struct qbench_library* qbench_kernel_library(void) {
  static const struct qbench_library library = {QBENCH_KERNEL_LIBRARY_VERSION, 1, &kernel};
  return &library;
}
