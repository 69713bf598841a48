// SPDX-License-Identifier: Apache-2.0
// A library that notes what it is given and how often it is called, for tests. Its results are
// patterns.
#include "probe.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

static struct probe probe = {.told = -1};

struct probe* probe_notes(void) {
  return &probe;
}

static void note(const struct qbench_problem* problem, struct qbench_problem* copy,
                 struct qbench_input_plane* planes) {
  *copy = *problem;
  copy->planes = planes;
  for (int i = 0; i < problem->plane_count && i < PROBE_PLANES; ++i) planes[i] = problem->planes[i];
}

static const char* unsupported(const struct qbench_problem* problem) {
  note(problem, &probe.asked, probe.asked_planes);
  return probe.refuses ? "the probe is asleep" : NULL;
}

static void* prepare(const struct qbench_problem* problem, char* error, size_t size) {
  note(problem, &probe.given, probe.given_planes);
  ++probe.prepared;
  if (!probe.fails) return &probe;
  memset(error, 'x', size);  // without an end
  return NULL;
}

static double run(void* trial) {
  probe.strangers += trial != &probe;
  ++probe.runs;
  return probe.told;
}

// Returns 1 where memory for results holds nothing but the pattern that no result has.
static int is_fresh(const struct qbench_output* out, size_t values) {
  for (size_t i = 0; out->values != NULL && i < values; ++i)
    if (!isnan(out->values[i])) return 0;
  for (int i = 0; i < out->plane_count; ++i)
    for (size_t at = 0; at < out->planes[i].size; ++at)
      if (((const unsigned char*)out->planes[i].bytes)[at] != 0xa5) return 0;
  return 1;
}

static int output(void* trial, const struct qbench_output* out, char* error, size_t size) {
  (void)error, (void)size;
  const struct qbench_problem* p = &probe.given;
  const size_t values = (size_t)(p->x != NULL ? p->m * p->n : p->n * p->k);
  probe.strangers += trial != &probe;
  ++probe.outputs;
  probe.fresh += is_fresh(out, values);
  for (size_t i = 0; out->values != NULL && i < values; ++i) out->values[i] = (float)i;
  for (int i = 0; i < out->plane_count; ++i)
    memset(out->planes[i].bytes, 16 + i, out->planes[i].size);
  return 0;
}

static void release(void* trial) {
  probe.strangers += trial != &probe;
  ++probe.released;
}

#define ENTRY(NAME, OPERATION, MODE) \
  { NAME, OPERATION, MODE, "cpu", unsupported, prepare, run, output, release }

const struct qbench_library* qbench_kernel_library(void) {
  static const struct qbench_kernel kernels[] = {
      ENTRY("probe-nf4-dq", "quantize", "nf4-dq"), ENTRY("probe-nf4-dq", "dequantize", "nf4-dq"),
      ENTRY("probe-int4", "quantize", "int4"),     ENTRY("probe-int4", "matmul", "int4"),
      ENTRY("probe-int8", "matmul", "int8"),       ENTRY("probe-mxfp4", "dequantize", "mxfp4")};
  static const struct qbench_library library = {QBENCH_KERNEL_LIBRARY_VERSION,
                                                sizeof kernels / sizeof kernels[0], kernels};
  return &library;
}
