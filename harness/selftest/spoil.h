// SPDX-License-Identifier: Apache-2.0
// Spoiling: results and operands as a faulty kernel would show or read them.
#pragma once

#include "reference/planes/quantized_matrix.h"

namespace qbench::spoil {

// --- Results

void gain(Matrix& y);       // times 1.01
void one_sign(Matrix& y);   // of the largest magnitude
void all_signs(Matrix& y);  // of every element
void one_nan(Matrix& y);
void zeros(Matrix& y);
void transpose(Matrix& y);        // column-major in the same place
void last_row(Matrix& y);         // is not there
void unwritten_block(Matrix& y);  // a block holds NaN, as poison() leaves it

// --- Codes and scales: those that are made, or those that are read

void unwritten_codes(QuantizedMatrix& q);  // a block holds 0xa5
void stale_block(QuantizedMatrix& q);      // a block holds codes and scale of the next one
void nibbles(QuantizedMatrix& q);          // the two codes of each byte are swapped; 4 bits only
void one_bit(QuantizedMatrix& q);       // the top bit of the code of largest magnitude is flipped
void shift_scales(QuantizedMatrix& q);  // each group has the scale of the one before
void shift_zeros(QuantizedMatrix& q);   // zero points move by a byte
void no_mean(QuantizedMatrix& q);       // the mean that was taken off the scales is 0

// --- Activations

void last_column(Matrix& x);  // is 0, so that k - 1 products are summed

}  // namespace qbench::spoil
