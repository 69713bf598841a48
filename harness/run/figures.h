// SPDX-License-Identifier: Apache-2.0
// Fills in the figures of a Result: its description, sizes, errors, work and times.
#pragma once

#include <string>

#include "harness/measure/timing.h"
#include "reference/errors/error.h"
#include "reports/result.h"
#include "suites/checkpoints/tensors/stored_tensor.h"
#include "suites/inputs/inputs.h"
#include "suites/suite.h"

namespace qbench {

Result describe(const Case& c, int threads);

void set_status(Result& r, Status status, const std::string& reason);

void set_sizes(Result& r, const QuantizedMatrix& q);
void set_sizes(Result& r, double params, double weight_bytes, double scale_bytes);
void set_sizes(Result& r, const StoredSize& size);
void set_adapter_sizes(Result& r, const Case& c);         // of layers with adapters
void set_weight_error(Result& r, const ErrorSums& sums);  // after set_sizes
void set_output_error(Result& r, const ErrorSums& sums);

// The minimum bytes that one run of a case of one matrix moves, its multiplications and additions.
Work work_of(const Case& c, const QuantizedMatrix& q);
void set_work(Result& r, const Work& work);

// A case of one matrix, with the reference's codes or a copy of them.
Problem problem_of(const Case& c, const Operands& operands, const QuantizedMatrix& codes);

void set_timing(Result& r, const Timing& timing);  // after set_work

}  // namespace qbench
