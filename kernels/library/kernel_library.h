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
#include <string.h>

// Raised whenever a struct below changes; one more plane is no change. Libraries that were built
// with version 1 are taken too, those of any other version are refused.
#define QBENCH_KERNEL_LIBRARY_VERSION 2

#ifdef __cplusplus
extern "C" {
#endif

enum qbench_dtype { QBENCH_FP32, QBENCH_FP16, QBENCH_BF16 };

// A plane of a quantized n x k matrix. reference/README.md gives the bytes of every mode. The
// planes by name:
//
//   codes         one code a weight, row-major, packed (`qbench explain MODE` says how)
//   scales        one a group, in the mode's storage
//   outer         the scales of the scales: f32, of -dq one for 256 scales and of nvfp4 one for the
//                 tensor; f16 of GGUF's K-quants, one for each super-block
//   offset        of -dq: one f32, the mean that was taken off the scales
//   zeros         zero points or minima, one a group, in the mode's storage
//   zeros_outer   the scales of minima, as `outer` is of scales
//   zeros_offset  the mean that was taken off zeros; no mode has it yet
//   order         k 32-bit integers: the group of each column within its row; no mode has it yet
//
// A matrix has the planes of its mode and no others, and later versions of qbench may have more.
struct qbench_input_plane {
  const char* name;
  const void* bytes;  // NULL where the kernel is to find them
  size_t size;        // in bytes
};

struct qbench_output_plane {
  const char* name;
  void* bytes;
  size_t size;
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
  // The matrix as the reference quantized it. A kernel of quantize is given names and sizes only.
  int plane_count;
  const struct qbench_input_plane* planes;
};

// Host memory for the result, filled with a pattern that no result has.
struct qbench_output {
  float* values;    // matmul: y = x W^T, m x n; dequantize: n x k; else NULL
  int plane_count;  // quantize: that of the problem; else 0
  const struct qbench_output_plane* planes;
};

// The plane of that name; all zero where the mode has none.
static inline struct qbench_input_plane qbench_plane(const struct qbench_problem* problem,
                                                     const char* name) {
  const struct qbench_input_plane none = {NULL, NULL, 0};
  for (int i = 0; i < problem->plane_count; ++i)
    if (strcmp(problem->planes[i].name, name) == 0) return problem->planes[i];
  return none;
}

// The plane of that name in a result, to be written; all zero where the mode has none.
static inline struct qbench_output_plane qbench_plane_to_write(const struct qbench_output* output,
                                                               const char* name) {
  const struct qbench_output_plane none = {NULL, NULL, 0};
  for (int i = 0; i < output->plane_count; ++i)
    if (strcmp(output->planes[i].name, name) == 0) return output->planes[i];
  return none;
}

struct qbench_kernel {
  const char* name;       // what --kernels takes: letters, digits, - and _
  const char* operation;  // "quantize", "dequantize" or "matmul"
  const char* mode;       // a mode of qbench --list, as "nf4"
  const char* device;     // "cpu" or "cuda"

  // The reason why the problem cannot be run, or NULL: a need of the kernel ("m must be at most
  // 8"), printed after its name. The function may be NULL where every problem can be run. The
  // problem is gone when it returns.
  const char* (*unsupported)(const struct qbench_problem* problem);

  // Puts the inputs in place (uploads are made here and not timed) and returns the trial. Fills
  // what run will write with NaN, so that a result left over in fresh memory cannot pass for one.
  // Returns NULL when it fails, with one line of why in `error`, which has room for `size` chars.
  void* (*prepare)(const struct qbench_problem* problem, char* error, size_t size);

  // Runs once and waits for the end. Returns the seconds that it took (of "cuda": by events),
  // or a negative number: qbench then takes the time of the call, which none may exceed. A
  // failure is reported by output.
  double (*run)(void* trial);

  // Copies the result of the last run out: dequantized weights equal the reference's, rounded to
  // dtype; products lie within the bound of their arithmetic; codes and scales equal the
  // reference's. Returns 0; anything else when it fails, with `error` as above.
  int (*output)(void* trial, const struct qbench_output* output, char* error, size_t size);

  void (*release)(void* trial);
};

struct qbench_library {
  int version;  // QBENCH_KERNEL_LIBRARY_VERSION; comes first in every version
  int count;
  const struct qbench_kernel* kernels;
};

__attribute__((visibility("default"))) const struct qbench_library* qbench_kernel_library(void);

#ifdef __cplusplus
}
#endif

#endif
