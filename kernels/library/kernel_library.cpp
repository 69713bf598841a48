// SPDX-License-Identifier: Apache-2.0
// A shared library's kernels as Kernels, and their trials.
#include "kernels/library/kernel_library.h"

#include <dlfcn.h>

#include <algorithm>
#include <chrono>
#include <filesystem>
#include <limits>
#include <set>
#include <span>
#include <stdexcept>

#include "kernels/kernel.h"
#include "kernels/library/load_library.h"

namespace qbench {
namespace {

constexpr std::byte kPoison{0xa5};

static_assert(static_cast<int>(Dtype::fp32) == QBENCH_FP32);
static_assert(static_cast<int>(Dtype::fp16) == QBENCH_FP16);
static_assert(static_cast<int>(Dtype::bf16) == QBENCH_BF16);

// The planes come in the order of enum qbench_buffer, which has all but the order of columns.
template <class Quantized, class Use>
void for_each_buffer(Quantized& q, Use use) {
  for_each_plane(q, [&](Plane plane, auto& buffer) {
    if (static_cast<int>(plane) < QBENCH_BUFFERS) use(static_cast<int>(plane), buffer);
  });
}

qbench_problem problem_of(const Problem& problem, const qbench_kernel& kernel) {
  const QuantizedMatrix& q = *problem.quantized;
  qbench_problem out = {};
  out.kernel = &kernel;
  out.m = problem.x ? problem.x->rows : 0;
  out.n = q.rows;
  out.k = q.cols;
  out.block_size = q.block_size;
  out.dtype = static_cast<qbench_dtype>(problem.dtype);
  out.device_index = problem.device_index;
  out.weights = problem.weights->values.data();
  out.x = problem.x ? problem.x->values.data() : nullptr;
  for_each_buffer(q, [&](int i, const Buffer<std::byte>& buffer) {
    // The codes to be found are not shown to the kernel that is to find them.
    out.bytes[i] = problem.op == Op::quantize ? nullptr : buffer.data();
    out.sizes[i] = buffer.size();
  });
  return out;
}

// What a library has to say about a failure.
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
        problem_(problem_of(problem, kernel)),
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
    const double told = kernel_.run(trial_);
    const std::chrono::duration<double> taken = std::chrono::steady_clock::now() - start;
    return told >= 0 ? told : taken.count();
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
    qbench_output output = {};
    if (values_.size() > 0) output.values = values_.values.data();
    std::ranges::fill(values_.values, std::numeric_limits<float>::quiet_NaN());
    for (QuantizedMatrix& codes : codes_)
      for_each_buffer(codes, [&](int i, Buffer<std::byte>& buffer) {
        std::ranges::fill(buffer, kPoison);
        output.bytes[i] = buffer.data();
      });
    Why why;
    if (kernel_.output(trial_, &output, why.text(), why.size()) != 0) why.fail(kernel_, "output");
  }

  const qbench_kernel& kernel_;
  qbench_problem problem_;
  Matrix values_;
  std::vector<QuantizedMatrix> codes_;  // one of quantize, else none
  void* trial_ = nullptr;
};

// --- Entries

[[noreturn]] void refuse(const std::string& why) { throw std::invalid_argument(why); }

void check_functions(const qbench_kernel& kernel) {
  const std::string_view name = kernel.name ? kernel.name : "";
  const auto plain = [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' ||
           c == '_';
  };
  if (name.empty() || !std::ranges::all_of(name, plain))
    refuse("a kernel's name must be letters, digits, - and _, not '" + std::string(name) + "'");
  if (!kernel.prepare || !kernel.run || !kernel.output || !kernel.release)
    refuse("kernel " + std::string(name) + " must have prepare, run, output and release");
}

Op operation_of(const qbench_kernel& kernel) {
  const std::string_view operation = kernel.operation ? kernel.operation : "";
  for (const Op op : {Op::quantize, Op::dequantize, Op::matmul})
    if (operation == name(op)) return op;
  refuse("kernel " + std::string(kernel.name) + " has the unknown operation '" +
         std::string(operation) + "': there are quantize, dequantize, matmul");
}

const Mode* mode_of(const qbench_kernel& kernel) {
  const std::string_view name = kernel.mode ? kernel.mode : "";
  if (const Mode* mode = find_mode(name)) return mode;
  refuse("kernel " + std::string(kernel.name) + " has the unknown mode '" + std::string(name) +
         "': qbench --list shows those that there are");
}

DeviceKind device_of(const qbench_kernel& kernel) {
  const std::string_view device = kernel.device ? kernel.device : "";
  for (const DeviceKind kind : {DeviceKind::cpu, DeviceKind::cuda})
    if (device == name(kind)) return kind;
  refuse("kernel " + std::string(kernel.name) + " has the unknown device '" + std::string(device) +
         "': there are cpu, cuda");
}

std::string why_not(const Problem& problem, const qbench_kernel& kernel) {
  if (kernel.unsupported == nullptr) return {};
  const qbench_problem asked = problem_of(problem, kernel);
  const char* why = kernel.unsupported(&asked);
  return why ? why : "";
}

Kernel adapted(const qbench_kernel& kernel) {
  check_functions(kernel);
  return {.name = kernel.name,
          .op = operation_of(kernel),
          .device = device_of(kernel),
          .mode = mode_of(kernel),
          .unsupported = [&](const Problem& problem) { return why_not(problem, kernel); },
          .prepare = [&](const Problem& problem) -> std::unique_ptr<Trial> {
            return std::make_unique<LibraryTrial>(problem, kernel);
          },
          .counted = false,
          .whole = false,
          .foreign = true,
          .arithmetic = {.underflow = kFlushed}};  // however it was compiled
}

std::vector<Kernel> kernels_of(const qbench_library* library) {
  if (library == nullptr) refuse("qbench_kernel_library() returned NULL");
  if (library->version != QBENCH_KERNEL_LIBRARY_VERSION)
    refuse("built for version " + std::to_string(library->version) +
           " of kernels/library/kernel_library.h, this qbench has version " +
           std::to_string(QBENCH_KERNEL_LIBRARY_VERSION) + ": build it again with that header");
  if (library->count < 1 || library->kernels == nullptr) refuse("it has no kernels");
  std::vector<Kernel> kernels;
  for (const qbench_kernel& kernel :
       std::span(library->kernels, static_cast<std::size_t>(library->count)))
    kernels.push_back(adapted(kernel));
  return kernels;
}

const qbench_library* library_of(void* handle) {
  void* symbol = dlsym(handle, "qbench_kernel_library");
  if (symbol == nullptr)
    refuse("it does not export qbench_kernel_library(): see kernels/library/kernel_library.h");
  return reinterpret_cast<decltype(&::qbench_kernel_library)>(symbol)();
}

void* open(const std::string& file) {
  // With a slash in it, so that dlopen takes the file and does not search.
  void* handle = dlopen(std::filesystem::absolute(file).c_str(), RTLD_NOW | RTLD_LOCAL);
  if (handle == nullptr) refuse(dlerror());
  return handle;
}

}  // namespace

KernelTable load_kernel_libraries(const std::vector<std::string>& files) {
  KernelTable all = all_kernels();
  std::set<void*> taken;  // a library that is opened again has the same handle
  for (const std::string& file : files) {
    void* handle = open(file);
    if (!taken.insert(handle).second) continue;
    try {
      all = joined(std::move(all), kernels_of(library_of(handle)));
    } catch (const std::invalid_argument& error) {
      refuse(file + ": " + error.what());
    }
  }
  return all;
}

}  // namespace qbench
