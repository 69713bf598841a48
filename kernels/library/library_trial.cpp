// SPDX-License-Identifier: Apache-2.0
// A Problem as a library sees it, and the trials of a library's kernels.
#include "kernels/library/library_trial.h"

#include <algorithm>
#include <chrono>
#include <limits>
#include <stdexcept>

namespace qbench {
namespace {

constexpr std::byte kPoison{0xa5};

static_assert(static_cast<int>(Dtype::fp32) == QBENCH_FP32);
static_assert(static_cast<int>(Dtype::fp16) == QBENCH_FP16);
static_assert(static_cast<int>(Dtype::bf16) == QBENCH_BF16);

// Only planes that the matrix has. Their names are literals, and so end with a zero byte.
std::vector<qbench_input_plane> planes_of(const Problem& problem) {
  std::vector<qbench_input_plane> planes;
  for_each_plane(*problem.quantized, [&](Plane plane, const Buffer<std::byte>& buffer) {
    // The codes to be found are not shown to the kernel that is to find them.
    const void* bytes = problem.op == Op::quantize ? nullptr : buffer.data();
    if (!buffer.empty()) planes.push_back({name(plane).name.data(), bytes, buffer.size()});
  });
  return planes;
}

// The result points to the planes and to the problem's memory.
qbench_problem problem_of(const Problem& problem, const qbench_kernel& kernel,
                          const std::vector<qbench_input_plane>& planes) {
  const QuantizedMatrix& q = *problem.quantized;
  qbench_problem out = {};
  out.kernel = &kernel;
  out.m = problem.x ? problem.x->rows : 0;
  out.n = q.rows;
  out.k = q.cols;
  out.block_size = q.block_size < 0 ? static_cast<int>(q.groups().size) : q.block_size;
  out.dtype = static_cast<qbench_dtype>(problem.dtype);
  out.device_index = problem.device_index;
  out.weights = problem.weights->values.data();
  out.x = problem.x ? problem.x->values.data() : nullptr;
  out.plane_count = static_cast<int>(planes.size());
  out.planes = planes.data();
  return out;
}

// Takes the library's own words about a failure, and throws them.
class Why {
 public:
  char* text() { return text_; }
  std::size_t size() const { return sizeof text_; }
  [[noreturn]] void fail(const qbench_kernel& kernel, const char* function) {
    text_[sizeof text_ - 1] = '\0';
    const std::string what = text_[0] ? text_ : "failed and gave no reason";
    throw std::runtime_error(std::string(function) + " of the library's kernel " + kernel.name +
                             ": " + what);
  }

 private:
  char text_[512] = {};
};

class LibraryTrial : public Trial {
 public:
  LibraryTrial(const Problem& problem, const qbench_kernel& kernel)
      : kernel_(kernel),
        planes_(planes_of(problem)),
        problem_(problem_of(problem, kernel, planes_)),
        values_(problem.op == Op::quantize ? 0
                : problem.op == Op::matmul ? problem_.m
                                           : problem_.n,
                problem.op == Op::matmul ? problem_.n : problem_.k) {
    if (problem.op == Op::quantize) codes_.push_back(*problem.quantized);
    Why why;
    trial_ = kernel_.prepare(&problem_, why.text(), why.size());
    if (trial_ == nullptr) why.fail(kernel_, "prepare");
  }
  LibraryTrial(const LibraryTrial&) = delete;
  LibraryTrial& operator=(const LibraryTrial&) = delete;
  ~LibraryTrial() override { kernel_.release(trial_); }

  double run_once() override {
    const auto start = std::chrono::steady_clock::now();
    const double reported = kernel_.run(trial_);
    const std::chrono::duration<double> elapsed = std::chrono::steady_clock::now() - start;
    return reported >= 0 ? reported : elapsed.count();
  }
  // The library's memory is poisoned by its prepare, the host's before each copy.
  void poison() override {}
  const Matrix& output() override {
    copy();
    return values_;
  }
  const QuantizedMatrix* quantized() override {
    if (codes_.empty()) return nullptr;
    copy();
    return &codes_.front();
  }

 private:
  void copy() {
    std::ranges::fill(values_.values, std::numeric_limits<float>::quiet_NaN());
    std::vector<qbench_output_plane> planes;
    for (QuantizedMatrix& codes : codes_)
      for_each_plane(codes, [&](Plane plane, Buffer<std::byte>& buffer) {
        std::ranges::fill(buffer, kPoison);
        if (!buffer.empty())
          planes.push_back({name(plane).name.data(), buffer.data(), buffer.size()});
      });
    qbench_output output = {};
    if (values_.size() > 0) output.values = values_.values.data();
    output.plane_count = static_cast<int>(planes.size());
    output.planes = planes.data();
    Why why;
    if (kernel_.output(trial_, &output, why.text(), why.size()) != 0) why.fail(kernel_, "output");
  }

  const qbench_kernel& kernel_;
  std::vector<qbench_input_plane> planes_;
  qbench_problem problem_;
  Matrix values_;
  std::vector<QuantizedMatrix> codes_;  // one of quantize, else none
  void* trial_ = nullptr;
};

}  // namespace

std::string why_not(const Problem& problem, const qbench_kernel& kernel) {
  if (kernel.unsupported == nullptr) return {};
  const std::vector<qbench_input_plane> planes = planes_of(problem);
  const qbench_problem asked = problem_of(problem, kernel, planes);
  const char* why = kernel.unsupported(&asked);
  return why ? why : "";
}

std::unique_ptr<Trial> library_trial(const Problem& problem, const qbench_kernel& kernel) {
  return std::make_unique<LibraryTrial>(problem, kernel);
}

}  // namespace qbench
