// SPDX-License-Identifier: Apache-2.0
// The figures of a layer in every mode: sizes, errors of the weights and of the outputs.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "reports/result.h"
#include "suites/checkpoints/originals.h"
#include "suites/suite.h"

namespace qbench {

// A mode at one of its block sizes.
struct Candidate {
  const Mode* mode;
  int block_size;  // 0: the mode has no blocks
};

// The modes of the sweep at each of its block sizes that they allow; without any, at their own.
// Modes that allow none of them are left out and named in `left_out`. Throws std::invalid_argument
// if no mode is left.
std::vector<Candidate> candidates_of(const Sweep& sweep, std::vector<std::string>& left_out);

// Rows of a GGUF file are whole blocks of so many weights; 1 for modes that no such file has.
std::int64_t row_block(const Candidate& candidate);
// False if GGUF has no type for such rows, because they do not fill whole blocks of the mode.
bool takes_rows(const Candidate& candidate, std::int64_t k);

// "nf4", or "nf4 32" if the block size is not the mode's own.
std::string text_of(const Candidate& candidate);

struct LayerFigures {
  std::vector<Result> rows;     // by candidate, output errors of the first rows of the input
  Result stored = {};           // as the file has the weights; has errors if there is an original
  std::vector<double> checked;  // output NMSE of further rows; NaN if undefined, empty if not asked
};

// The input of each layer: `m` rows of activations, rounded to nothing, and as many to check.
struct LayerInput {
  Input input = Input::normal;
  std::int64_t m = 16;
  std::uint64_t seed = 1;
  bool check = false;
};

// Measures one tensor after the other: one exists as f32 at a time, in one mode at a time.
class LayerMeter {
 public:
  LayerMeter(std::vector<Candidate> candidates, const LayerInput& input, int threads)
      : candidates_(std::move(candidates)), input_(input), threads_(threads) {}
  // From this call on errors are against the originals, which outlive the meter; `name` is
  // RealTensor::against.
  void compare_with(const Originals& originals, std::string name) {
    originals_ = &originals;
    against_ = std::move(name);
  }
  LayerFigures measure(const Tensor& tensor);

 private:
  // A layer's weights, and what errors are against.
  struct Weights {
    const Tensor& tensor;
    Matrix weights;
    std::optional<Matrix> original;  // absent: the weights
    std::vector<double> signals;     // of the outputs
    const Matrix& exact() const { return original ? *original : weights; }
  };

  Weights read(const Tensor& tensor);
  Result measure(const Weights& layer, const Candidate& candidate, LayerFigures& figures);
  Result stored(const Weights& layer);
  const Matrix& activations(std::int64_t k);
  Case case_of(const Tensor& tensor, const Candidate& candidate) const;

  std::vector<Candidate> candidates_;
  LayerInput input_;
  int threads_;
  const Originals* originals_ = nullptr;
  std::string against_;
  Matrix x_;
};

// Bytes of codes, scales and zero points of an n x k layer.
std::int64_t stored_bytes(const Candidate& candidate, std::int64_t n, std::int64_t k);

}  // namespace qbench
