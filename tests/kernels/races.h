// SPDX-License-Identifier: Apache-2.0
// What the program of races and its kernels, which are compiled apart, have in common.
#pragma once

namespace qbench::test {

// Kernels leave out their block barriers: planted races, which ThreadSanitizer must report.
inline bool leaves_out_barriers = false;

}  // namespace qbench::test
