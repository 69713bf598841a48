// SPDX-License-Identifier: Apache-2.0
// The smallest library: quantizes to fp32, which is a copy. Each macro below makes one mistake, for
// tests.
#define _POSIX_C_SOURCE 199309L
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#ifdef VERSION_1
#include "kernels/library/version_1.h"
#else
#include "kernels/library/kernel_library.h"
#endif

#ifndef VERSION
#define VERSION QBENCH_KERNEL_LIBRARY_VERSION
#endif
#ifndef NAME
#define NAME "copy"
#endif
#ifndef OPERATION
#define OPERATION "quantize"
#endif
#ifndef MODE
#define MODE "fp32"
#endif
#ifndef DEVICE
#define DEVICE "cpu"
#endif
#ifndef RUN
#define RUN run
#endif
#ifndef PREPARE
#define PREPARE prepare
#endif
#ifndef OUTPUT
#define OUTPUT output
#endif
#ifndef RELEASE
#define RELEASE release
#endif
#ifndef SYMBOL
#define SYMBOL qbench_kernel_library
#endif
#ifndef REPORTED
#define REPORTED 0.001
#endif
#ifndef LEFT_OUT
#define LEFT_OUT 0  // bytes at the end of the codes
#endif

struct codes {
  const void* shown;
  size_t size;
};
#ifdef VERSION_1
static inline struct codes codes_of(const struct qbench_problem* given) {
  const struct codes codes = {given->bytes[QBENCH_CODES], given->sizes[QBENCH_CODES]};
  return codes;
}
static inline void* codes_to_write(const struct qbench_output* out) {
  return out->bytes[QBENCH_CODES];
}
#else
static inline struct codes codes_of(const struct qbench_problem* given) {
  const struct qbench_input_plane plane = qbench_plane(given, "codes");
  const struct codes codes = {plane.bytes, plane.size};
  return codes;
}
static inline void* codes_to_write(const struct qbench_output* out) {
  return qbench_plane_to_write(out, "codes").bytes;
}
#endif

static const struct qbench_problem* problem;

static inline void* prepare(const struct qbench_problem* given, char* error, size_t size) {
  problem = given;
#ifdef UNPREPARED
  snprintf(error, size, "the tea is cold");
  return NULL;
#endif
  if (strcmp(given->kernel->operation, "quantize") != 0 || codes_of(given).shown == NULL)
    return &problem;
  snprintf(error, size, "the codes that quantize is to find are shown");
  return NULL;
}

static inline double run(void* trial) {
  (void)trial;
#ifdef CRASH
  raise(SIGSEGV);
#endif
#ifdef HANG
  pause();
#endif
  const struct timespec two_milliseconds = {0, 2000000};
  nanosleep(&two_milliseconds, NULL);
  return REPORTED;
}

static inline int output(void* trial, const struct qbench_output* out, char* error, size_t size) {
  (void)trial;
#ifdef LOST
  snprintf(error, size, "the copy was lost");
  return 1;
#endif
  (void)error, (void)size;
  if (codes_to_write(out) != NULL)
    memcpy(codes_to_write(out), problem->weights, codes_of(problem).size - LEFT_OUT);
  return 0;
}

static inline void release(void* trial) { (void)trial; }

static const struct qbench_kernel kernel = {NAME,    OPERATION, MODE,   DEVICE, NULL,
                                            PREPARE, RUN,       OUTPUT, RELEASE};

const struct qbench_library* SYMBOL(void) {
  static const struct qbench_library library = {VERSION, 1, &kernel};
  return &library;
}
