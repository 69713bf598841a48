// SPDX-License-Identifier: Apache-2.0
// Spoils results and operands as a faulty kernel would.
#pragma once

#include "reference/planes/quantized_matrix.h"

namespace qbench::spoil {

// --- Results

void gain(Matrix& y);       // multiplies by 1.01
void one_sign(Matrix& y);   // negates the element of largest magnitude
void all_signs(Matrix& y);  // negates every element
void one_nan(Matrix& y);
void zeros(Matrix& y);
void transpose(Matrix& y);        // stores it column-major in the same place
void last_row(Matrix& y);         // drops it
void unwritten_block(Matrix& y);  // fills a block with NaN, as poison() leaves it

// --- Codes and scales, as made or as read

void unwritten_codes(QuantizedMatrix& q);  // fills the codes of a block with 0xa5
void stale_block(QuantizedMatrix& q);      // gives a block the codes and scale of the next one
void nibbles(QuantizedMatrix& q);          // swaps the two codes of each byte; 4 bits only
void one_bit(QuantizedMatrix& q);          // flips the top bit of the code of largest magnitude
void shift_scales(QuantizedMatrix& q);     // gives each group the scale of the one before
void shift_zeros(QuantizedMatrix& q);      // moves zero points by a byte
void no_mean(QuantizedMatrix& q);          // zeroes the mean that was subtracted from the scales

// --- Activations

void last_column(Matrix& x);  // zeroes it, so that only k - 1 products are summed

}  // namespace qbench::spoil
