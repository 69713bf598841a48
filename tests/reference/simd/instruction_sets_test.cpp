// SPDX-License-Identifier: Apache-2.0
// The same bits at every instruction set of this machine and at any number of threads.
#include <cmath>
#include <limits>
#include <span>
#include <vector>

#include "reference/errors/error.h"
#include "reference/reference.h"
#include "reference/simd/loops.h"
#include "reference/simd/parallel.h"
#include "suites/inputs/distributions.h"
#include "tests/catch.h"
#include "tests/walked.h"

namespace qbench {
namespace {

constexpr int kThreads[] = {1, 2, 3, 7};

// Puts back what a test has changed.
class Restore {
 public:
  ~Restore() {
    reference::use_loops(runs_);
    reference::set_thread_count(threads_);
  }

 private:
  const reference::SimdLoops& runs_ = reference::loops();
  const int threads_ = reference::thread_count();
};

// Bytes of everything that an operation gave, one after the other. A NaN is a NaN: which of two
// operands it takes its sign and payload from is left to the compiler.
class Bytes {
 public:
  void add(const Buffer<std::byte>& bytes) { add(bytes.data(), bytes.size()); }
  void add(const QuantizedMatrix& q) {
    add(q.codes);
    for (const StoredNumbers* numbers : {&q.scales, &q.zeros}) {
      add(numbers->numbers);
      add(numbers->outer);
      add(numbers->offset);
    }
  }
  template <class T>
  void add(std::span<const T> numbers) {
    std::vector<T> kept(numbers.begin(), numbers.end());
    for (T& number : kept)
      if (std::isnan(number)) number = std::numeric_limits<T>::quiet_NaN();
    add(kept.data(), kept.size() * sizeof(T));
  }
  void add(const ErrorSums& sums) {
    const double all[] = {sums.error, sums.signal, sums.largest};
    add(std::span<const double>(all));
  }
  bool operator==(const Bytes&) const = default;

 private:
  void add(const void* data, std::size_t size) {
    const auto* from = static_cast<const char*>(data);
    bytes_.insert(bytes_.end(), from, from + size);
  }
  std::vector<char> bytes_;
};

struct Inputs {
  Matrix w, x;
};

Inputs inputs(std::int64_t n, std::int64_t k) {
  return {make_weights(Input::student_t, n, k, 1), make_activations(Input::outliers, 5, k, 1)};
}

// Numbers that no instruction set may treat in its own way: NaN, infinities, zeros, subnormals,
// whole blocks of them.
Inputs special_inputs(std::int64_t n, std::int64_t k) {
  constexpr float kInfinity = std::numeric_limits<float>::infinity();
  const float special[] = {0.0f, -0.0f, kInfinity, -kInfinity, NAN, -NAN, 1e-40f, -1e-40f, 3e38f};
  Inputs in = inputs(n, k);
  for (std::size_t i = 0; i < in.w.values.size(); i += 7)
    in.w.values[i] = special[i / 7 % std::size(special)];
  for (std::size_t i = 0; i < in.w.values.size() / 2; ++i)
    if (i / 128 % 3 == 1) in.w.values[i] = special[i / 384 % std::size(special)];
  return in;
}

Bytes everything(const Mode& mode, const Inputs& in) {
  Bytes all;
  const QuantizedMatrix q = reference::quantize(mode, mode.allows(32) ? 32 : mode.block_size, in.w);
  all.add(q);
  Matrix decoded(q.rows, q.cols), x = in.x, y(x.rows, q.rows);
  reference::dequantize(q, decoded);
  all.add(std::span<const float>(decoded.values));
  all.add(weight_error(in.w, q));
  reference::round_to(mode.dtype, x.values);
  reference::matmul(x, q, mode.dtype, y);
  all.add(std::span<const float>(y.values));
  const DoubleMatrix exact = exact_matmul(x, in.w);
  all.add(std::span<const double>(exact.values));
  all.add(output_error(exact, y));
  const Expected expected = expected_matmul(x, q, mode.dtype);
  all.add(std::span<const double>(expected.value.values));
  all.add(std::span<const double>(expected.bound.values));
  return all;
}

void check_all(const Mode& mode, const Inputs& in) {
  const Restore restore;
  reference::use_loops(*reference::all_loops().front());
  reference::set_thread_count(1);
  const Bytes wanted = everything(mode, in);
  for (const reference::SimdLoops* loops : reference::all_loops())
    for (const int threads : kThreads) {
      reference::use_loops(*loops);
      reference::set_thread_count(threads);
      CAPTURE(mode.name, in.w.rows, in.w.cols, loops->name, threads);
      CHECK(everything(mode, in) == wanted);
    }
}

}  // namespace

TEST_CASE("every result is the same bits at every instruction set and any number of threads") {
  for (const Mode* mode : test::walked_modes()) {
    check_all(*mode, inputs(5, 77));
    check_all(*mode, inputs(3, 130));
    check_all(*mode, inputs(33, 1000));
    check_all(*mode, inputs(130, 1100));  // several parts of 65,536 elements
  }
}

TEST_CASE("weights that are not numbers, zero or subnormal are the same bits everywhere too") {
  for (const Mode* mode : test::walked_modes()) {
    check_all(*mode, special_inputs(5, 77));
    check_all(*mode, special_inputs(33, 1000));
  }
}

}  // namespace qbench
