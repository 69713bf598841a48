// SPDX-License-Identifier: Apache-2.0
// The interface of a kernel library: your kernels, built outside of qbench, verified and timed
// beside its own by `qbench --kernel-library my.so`. Plain C (C99 and C++), nothing to link.
//
// A library exports one function,
//
//   const struct qbench_library* qbench_kernel_library(void);
//
// and what it returns, strings and arrays included, lives as long as the library, which is never
// unloaded. tests/kernels/example_library/example.c is a library to begin with. qbench calls from
// one thread, one trial at a time:
//
//   unsupported -> prepare -> run -> output -> run -> run ... -> output -> release
//
// and a result is compared with the reference's before any time is taken, and once more after.
#ifndef QBENCH_KERNELS_KERNEL_LIBRARY_H_
#define QBENCH_KERNELS_KERNEL_LIBRARY_H_

#include <stddef.h>
#include <stdint.h>

// Raised whenever a struct below changes; a library of another version is refused.
#define QBENCH_KERNEL_LIBRARY_VERSION 1

#ifdef __cplusplus
extern "C" {
#endif

enum qbench_dtype { QBENCH_FP32, QBENCH_FP16, QBENCH_BF16 };

// The buffers of a quantized n x k matrix. reference/README.md gives the bytes of every mode; a
// buffer that a mode does not have has size 0.
enum qbench_buffer {
  QBENCH_CODES,         // one code a weight, row-major, packed without gaps
  QBENCH_SCALES,        // one a group, in the mode's storage
  QBENCH_SCALES_OUTER,  // of -dq: scales of the scales, f32
  QBENCH_SCALES_MEAN,   // of -dq: one f32, the mean that was taken off the scales
  QBENCH_ZEROS,         // of int4: zero points, packed as codes are
  QBENCH_ZEROS_OUTER,
  QBENCH_ZEROS_MEAN,
  QBENCH_BUFFERS  // how many there are
};

struct qbench_kernel;

// All pointers are to host memory, row-major without gaps, and stay valid until release.
struct qbench_problem {
  const struct qbench_kernel* kernel;  // the entry that is asked
  int64_t m, n, k;                     // m is 0 except of matmul
  int block_size;                      // weights that share a scale; 0: the mode has no blocks
  enum qbench_dtype dtype;             // of the weights to quantize, of x, and of results
  int device_index;                    // of "cuda": what cudaSetDevice takes
  const float* weights;                // n x k, before quantization
  const float* x;                      // matmul: m x k, else NULL; f32 that are numbers of dtype
  // The matrix as the reference quantized it. Of quantize only the sizes, in bytes, are given.
  const void* bytes[QBENCH_BUFFERS];
  size_t sizes[QBENCH_BUFFERS];
};

// Host memory for the result, filled with a pattern that no result has.
struct qbench_output {
  float* values;                // matmul: y = x W^T, m x n; dequantize: n x k; else NULL
  void* bytes[QBENCH_BUFFERS];  // quantize: room for the problem's sizes; else NULL
};

struct qbench_kernel {
  const char* name;       // what --kernels takes: letters, digits, - and _
  const char* operation;  // "quantize", "dequantize" or "matmul"
  const char* mode;       // a mode of qbench --list, as "nf4"
  const char* device;     // "cpu" or "cuda"

  // Why the problem cannot be run, or NULL: what the kernel needs ("m must be at most 8"), told
  // behind its name. The function may be NULL: all of them can. The problem is gone when it
  // returns.
  const char* (*unsupported)(const struct qbench_problem* problem);

  // Puts the inputs in place (uploads are made here and not timed) and returns the trial. Fills
  // what run will write with NaN, so that a result left over in fresh memory cannot pass for one.
  // Returns NULL when it fails, with one line of why in `error`, which has room for `size` chars.
  void* (*prepare)(const struct qbench_problem* problem, char* error, size_t size);

  // SimdLoops once and waits for the end. Returns the seconds that it took (of "cuda": by events),
  // or a negative number: qbench then takes the time of the call, which none may exceed. output
  // tells of a failure.
  double (*run)(void* trial);

  // Copies the result of the last run out: dequantized weights equal the reference's, rounded to
  // dtype; products lie within the bound of their arithmetic; codes and scales equal the
  // reference's. Returns 0; anything else when it fails, with `error` as above.
  int (*output)(void* trial, const struct qbench_output* output, char* error, size_t size);

  void (*release)(void* trial);
};

struct qbench_library {
  int version;  // QBENCH_KERNEL_LIBRARY_VERSION
  int count;
  const struct qbench_kernel* kernels;
};

__attribute__((visibility("default"))) const struct qbench_library* qbench_kernel_library(void);

#ifdef __cplusplus
}
#endif

#endif
