// SPDX-License-Identifier: Apache-2.0
// What a case is run on: weights, activations, the reference's codes and what they should give.
// Each is kept while the next case shares it, since a sweep asks for one weight matrix many times.
#pragma once

#include <memory>
#include <optional>
#include <string>

#include "harness/checkpoint.h"
#include "reference/error.h"
#include "suites/suite.h"

namespace qbench {

class Inputs {
 public:
  // `checkpoint` holds the tensors that cases name; nullptr where there are none.
  explicit Inputs(const Checkpoint* checkpoint) : checkpoint_(checkpoint) {}

  const Matrix& weights(const Case& c);
  const QuantizedMatrix& quantized(const Case& c);  // by the reference
  const ErrorSums& weight_error(const Case& c);
  const Matrix& x(const Case& c);            // of the case's dtype
  const DoubleMatrix& exact(const Case& c);  // x W^T of the unquantized weights
  const Expected& expected(const Case& c);   // x W^T of the quantized ones

 private:
  // A value and the text of what it was made from.
  template <class T>
  struct Kept {
    std::string key;
    std::optional<T> value;
    template <class F>
    const T& get(const std::string& wanted, const F& make) {
      if (!value || key != wanted) {
        value.reset();  // first, so that two are never held at once
        value.emplace(make());
        key = wanted;
      }
      return *value;
    }
  };

  const Checkpoint* checkpoint_;
  Kept<Matrix> weights_, x_;
  Kept<QuantizedMatrix> quantized_;
  Kept<ErrorSums> weight_error_;
  Kept<DoubleMatrix> exact_;
  Kept<Expected> expected_;
};

// Bytes that a case holds at its peak: inputs, operands, outputs and the doubles that they are
// compared with.
double bytes_needed(const Case& c);

}  // namespace qbench
