// SPDX-License-Identifier: Apache-2.0
// ModelLayers: the linear layers of a case of a whole model, prepared as one trial. Each has codes
// of its own, copies of those of the first layer of its shape, so that no layer finds the codes of
// another in a cache.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "harness/run/verify.h"
#include "kernels/trial_sequence.h"
#include "suites/inputs/inputs.h"

namespace qbench {

class ModelLayers {
 public:
  // Makes the inputs of one layer of each shape. The case outlives the object.
  ModelLayers(const Case& c, Inputs& inputs);

  // The reason why the kernel cannot run one of the layers, or empty.
  std::string unsupported() const;
  // The trial of all layers, in the order of a token. The object outlives it.
  std::unique_ptr<TrialSequence> prepare();
  // proves_nothing of the first layer whose outputs prove nothing; empty where there is none.
  std::string proves_nothing() const;
  // Judges the output of every layer.
  Verdict verify(TrialSequence& trial) const;

  struct Sums {
    double params = 0, weight_bytes = 0, scale_bytes = 0;
    ErrorSums weight_error;
    Work work;
  };
  const Sums& sums() const { return sums_; }  // over all layers

 private:
  struct Shape {
    Case c;
    Operands operands;
    ErrorSums weight_error;
  };
  const Shape& shape_of(const Layer& layer) const;
  Problem problem_of(const Shape& shape, const QuantizedMatrix& codes) const;
  void add_to_sums(const Shape& shape);

  const Case& c_;
  std::vector<Shape> shapes_;
  std::vector<std::unique_ptr<const QuantizedMatrix>> copies_;
  Sums sums_;
};

}  // namespace qbench
