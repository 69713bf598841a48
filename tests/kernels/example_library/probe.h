// SPDX-License-Identifier: Apache-2.0
// The notes that the probe library takes of its calls, and the orders that a test gives it.
#ifndef QBENCH_TESTS_PROBE_H_
#define QBENCH_TESTS_PROBE_H_

#include "kernels/library/kernel_library.h"

#ifdef __cplusplus
extern "C" {
#endif

enum { PROBE_PLANES = 16 };

struct probe {
  // The last of unsupported and of prepare, with planes that are copies.
  struct qbench_problem asked, given;
  struct qbench_input_plane asked_planes[PROBE_PLANES], given_planes[PROBE_PLANES];
  int prepared, runs, outputs, released;
  int fresh;      // outputs whose memory held the pattern that no result has
  int strangers;  // calls with another trial than prepare returned
  // Set by the test.
  double told;         // what run returns
  int refuses, fails;  // whether unsupported gives a reason, and whether prepare returns NULL
};

__attribute__((visibility("default"))) struct probe* probe_notes(void);

#ifdef __cplusplus
}
#endif

#endif
