// SPDX-License-Identifier: Apache-2.0
// Distributions: a random sequence over the flattened matrix, scaled in double and rounded to f32
// once.
#include "suites/inputs/distributions.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <vector>

#include "reference/simd/parallel.h"
#include "suites/inputs/random.h"

namespace qbench {
namespace {

enum Stream : std::uint32_t { kWeights, kActivations, kOutlierColumns, kDown, kUp, kGradient };

constexpr double kOutlierFactor = 20;
constexpr std::size_t kOutlierColumnCount = 4;

using Sequence = void (RandomStream::*)(std::int64_t first, std::span<double> out) const;

// out[i] = number i of the sequence * factor / divisor.
void fill(Matrix& out, const RandomStream& stream, Sequence sequence, double factor,
          double divisor) {
  constexpr std::int64_t kChunk = 1 << 14;
  reference::parallel_parts(out.size(), kChunk, [&](std::int64_t first, std::int64_t end) {
    std::array<double, kChunk> numbers;
    const auto count = static_cast<std::size_t>(end - first);
    (stream.*sequence)(first, std::span(numbers).first(count));
    for (std::size_t i = 0; i < count; ++i)
      out.values[static_cast<std::size_t>(first) + i] =
          static_cast<float>(numbers[i] * factor / divisor);
  });
}

// Distinct columns below k, ascending; all columns if k is small.
std::vector<std::int64_t> outlier_columns(std::int64_t k, std::uint64_t seed) {
  std::vector<std::int64_t> columns;
  const std::size_t count = std::min(kOutlierColumnCount, static_cast<std::size_t>(k));
  for (std::int64_t draw = 0; columns.size() < count; ++draw) {
    double number;  // in (-1, 1)
    RandomStream{seed, kOutlierColumns}.uniform(draw, {&number, 1});
    const auto place = static_cast<std::int64_t>((number + 1) / 2 * static_cast<double>(k));
    const std::int64_t column = std::min(place, k - 1);
    if (std::find(columns.begin(), columns.end(), column) == columns.end())
      columns.push_back(column);
  }
  std::sort(columns.begin(), columns.end());
  return columns;
}

// Makes the outlier columns of what `fill` has made of the same stream's normal numbers.
void enlarge_outliers(Matrix& out, const RandomStream& stream, double divisor) {
  const std::vector<std::int64_t> columns = outlier_columns(out.cols, stream.seed);
  for (std::int64_t row = 0; row < out.rows; ++row)
    for (const std::int64_t column : columns) {
      const std::int64_t index = row * out.cols + column;
      std::array<double, 2> pair;
      stream.normal(index - index % 2, pair);
      out.row(row)[column] =
          static_cast<float>(pair[static_cast<std::size_t>(index % 2)] * kOutlierFactor / divisor);
    }
}

}  // namespace

Matrix make_weights(Input input, std::int64_t n, std::int64_t k, std::uint64_t seed) {
  Matrix weights(n, k);
  const RandomStream stream{seed, kWeights};
  const double root = std::sqrt(static_cast<double>(k));
  switch (input) {
    case Input::student_t:
      fill(weights, stream, &RandomStream::student_t5, std::sqrt(3. / 5), root);
      break;
    case Input::uniform:
      fill(weights, stream, &RandomStream::uniform, std::sqrt(3.), root);
      break;
    case Input::normal:
    case Input::outliers:
    case Input::boundaries:
    case Input::scales:
    case Input::specials:
      fill(weights, stream, &RandomStream::normal, 1, root);
  }
  if (input == Input::outliers) enlarge_outliers(weights, stream, root);
  return weights;
}

Matrix make_activations(Input input, std::int64_t m, std::int64_t k, std::uint64_t seed) {
  Matrix x(m, k);
  const RandomStream stream{seed, kActivations};
  fill(x, stream, &RandomStream::normal, 1, 1);
  if (input == Input::outliers) enlarge_outliers(x, stream, 1);
  return x;
}

reference::Adapter make_adapter(const Layer& layer, std::int64_t rank, std::uint64_t seed) {
  reference::Adapter adapter{.a = {rank, layer.k},
                             .b = {layer.n, rank},
                             .scale = reference::kLoraAlpha / static_cast<float>(rank)};
  const auto normal = [&](Matrix& out, Stream stream) {
    fill(out, {seed, stream}, &RandomStream::normal, 1, std::sqrt(static_cast<double>(out.cols)));
  };
  normal(adapter.a, kDown);
  normal(adapter.b, kUp);
  return adapter;
}

Matrix make_gradient(std::int64_t m, std::int64_t n, std::uint64_t seed) {
  Matrix g(m, n);
  fill(g, {seed, kGradient}, &RandomStream::normal, 1, 1);
  return g;
}

}  // namespace qbench
