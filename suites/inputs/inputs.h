// SPDX-License-Identifier: Apache-2.0
// Inputs: makes the weights and activations of a case, the reference's codes and the expected
// products. Each is cached while the next case shares it, since a sweep uses one weight matrix many
// times.
#pragma once

#include <memory>
#include <string>

#include "reference/errors/error.h"
#include "reference/errors/lora_error.h"
#include "suites/checkpoints/checkpoint.h"
#include "suites/checkpoints/originals.h"
#include "suites/checkpoints/tensors/stored_tensor.h"
#include "suites/suite.h"

namespace qbench {

// The operands of a trial and of its verification, kept alive as long as either needs them.
struct Operands {
  std::shared_ptr<const Matrix> weights, x;  // x: products only
  std::shared_ptr<const QuantizedMatrix> quantized;
  std::shared_ptr<const Expected> expected;  // products only: of Trial::output
  // Layers with adapters only; the last two where gradients are made.
  std::shared_ptr<const reference::Adapter> adapter = {};
  std::shared_ptr<const Matrix> g = {};
  std::shared_ptr<const ExpectedAdapter> expected_adapter = {};
};

class Inputs {
 public:
  // `checkpoint` holds the tensors that cases name, nullptr without real weights; `originals` those
  // that RealTensor::against speaks of, nullptr where there are none.
  explicit Inputs(const Checkpoint* checkpoint, const Originals* originals = nullptr)
      : checkpoint_(checkpoint), originals_(originals) {}

  const Matrix& weights(const Case& c);  // what is quantized
  // What errors are against: the original, rounded to nothing, else the weights.
  const Matrix& original(const Case& c);
  const QuantizedMatrix& quantized(const Case& c);  // made by the reference; not of stored cases
  StoredSize stored_size(const Case& c) const;      // of stored cases
  const ErrorSums& weight_error(const Case& c);
  const Matrix& x(const Case& c);                    // rounded to the case's dtype
  const reference::Adapter& adapter(const Case& c);  // rounded to the case's dtype
  const Matrix& g(const Case& c);                    // the same
  const DoubleMatrix& exact(const Case& c);          // of the original weights
  const Expected& expected(const Case& c);           // of the quantized weights
  const ExpectedAdapter& expected_adapter(const Case& c);
  Operands operands(const Case& c);  // without what is expected
  void expect(Operands& operands, const Case& c);
  std::shared_ptr<const Expected> hold_expected(const Case& c);

 private:
  // A value with the key of what it was made from.
  template <class T>
  struct Kept {
    std::string key;
    std::shared_ptr<const T> value;
    template <class F>
    const T& get(const std::string& wanted, const F& make) {
      if (!value || key != wanted) {
        // Freed before make(), so that two exist at once only if someone else holds the old one.
        value.reset();
        value = std::make_shared<const T>(make());
        key = wanted;
      }
      return *value;
    }
  };

  const Tensor& tensor(const Case& c) const;

  const Checkpoint* checkpoint_;
  const Originals* originals_;
  Kept<Matrix> weights_, original_, x_, g_;
  Kept<reference::Adapter> adapter_;
  Kept<QuantizedMatrix> quantized_;
  Kept<ErrorSums> weight_error_;
  Kept<DoubleMatrix> exact_;
  Kept<Expected> expected_;
  Kept<ExpectedAdapter> expected_adapter_;
};

// True if two cases use the same weight matrix.
bool share_weights(const Case& a, const Case& b);

// Bytes that a case holds at its peak: inputs, operands, outputs, and the double-precision results
// that outputs are compared with.
double bytes_needed(const Case& c);

}  // namespace qbench
