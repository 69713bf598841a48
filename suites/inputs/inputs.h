// SPDX-License-Identifier: Apache-2.0
// Inputs: the weights and activations that a case is run on, the reference's codes, and the
// products that these should give. Each is kept while the next case shares it, since a sweep asks
// for one weight matrix many times.
#pragma once

#include <memory>
#include <string>

#include "reference/error.h"
#include "suites/checkpoints/checkpoint.h"
#include "suites/suite.h"

namespace qbench {

// The operands of a trial and of its verification, held for as long as either needs them.
struct Operands {
  std::shared_ptr<const Matrix> weights, x;  // x of products only
  std::shared_ptr<const QuantizedMatrix> quantized;
  std::shared_ptr<const Expected> expected;  // of products only
};

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
  Operands operands(const Case& c);          // but for what a product should give
  std::shared_ptr<const Expected> hold_expected(const Case& c);

 private:
  // A value and the text of what it was made from.
  template <class T>
  struct Kept {
    std::string key;
    std::shared_ptr<const T> value;
    template <class F>
    const T& get(const std::string& wanted, const F& make) {
      if (!value || key != wanted) {
        value.reset();  // first, so that two are held at once only where somebody needs the other
        value = std::make_shared<const T>(make());
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

// Whether two cases are run on the same weight matrix.
bool share_weights(const Case& a, const Case& b);

// Bytes that a case holds at its peak: inputs, operands, outputs and the doubles that they are
// compared with.
double bytes_needed(const Case& c);

}  // namespace qbench
