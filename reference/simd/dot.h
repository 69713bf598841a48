// SPDX-License-Identifier: Apache-2.0
// Dot products of rows, compiled once per instruction set like loops.cpp. SimdLoops has their
// contracts.
#pragma once

#include <cstdint>

namespace qbench::reference::QBENCH_ISA {

void dot_f32(const float* x, std::int64_t rows, const float* w, std::int64_t cols, std::int64_t k,
             float* y, std::int64_t stride);
void dot_f64(const double* x, std::int64_t rows, const double* w, std::int64_t cols, std::int64_t k,
             double* y, std::int64_t stride);
void dot_s8(const std::int8_t* x, std::int64_t rows, const std::int8_t* w, std::int64_t cols,
            std::int64_t k, std::int32_t* y, std::int64_t stride);

}  // namespace qbench::reference::QBENCH_ISA
