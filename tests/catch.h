// SPDX-License-Identifier: Apache-2.0
// Catch2 of either major version (Debian 12 has 2.13, Debian 13 has 3.7), and what both lack: SKIP
// with its reason.
#pragma once

#if __has_include(<catch2/catch_all.hpp>)
#include <catch2/catch_all.hpp>
using Catch::Approx;
using Catch::Matchers::ContainsSubstring;
#else
#include <catch2/catch.hpp>
inline auto ContainsSubstring(const std::string& part) { return Catch::Matchers::Contains(part); }
#endif

// Ends a test that cannot run here; the reason is printed even when the test passes.
#define QBENCH_SKIP(reason)                                 \
  do {                                                      \
    WARN("not run: " << reason); /* Catch2 2 has no SKIP */ \
    return;                                                 \
  } while (false)
