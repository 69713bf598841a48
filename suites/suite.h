// SPDX-License-Identifier: Apache-2.0
// Suite: shapes x inputs at which an operation is run. Case: one point of the sweep.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "kernels/device/cuda_device.h"
#include "kernels/kernel.h"

namespace qbench {

struct Shape {
  std::int64_t m;  // tokens
  std::int64_t n;  // output features: rows of the weights
  std::int64_t k;  // input features: columns of the weights
  bool operator==(const Shape&) const = default;
};

enum class Input { normal, student_t, uniform, outliers, boundaries, scales, specials };
inline constexpr std::string_view kInputNames[] = {"normal",     "student-t", "uniform", "outliers",
                                                   "boundaries", "scales",    "specials"};
constexpr std::string_view name(Input input) { return kInputNames[static_cast<int>(input)]; }
// Whether the weights of that input are the same at every seed.
constexpr bool is_fixed(Input input) { return input >= Input::boundaries; }

struct Suite {
  std::string_view name;
  std::string_view summary;
  Op op;
  std::int64_t m;             // tokens, by default; 0: the operation has none
  std::string_view model;     // whose layer shapes are the default
  std::vector<Input> inputs;  // by default
};

const std::vector<Suite>& all_suites();
const Suite* find_suite(std::string_view name);

struct Layer {
  std::int64_t n;
  std::int64_t k;
  bool operator==(const Layer&) const = default;
};
struct Model {
  std::string_view name;       // "mistral-7b"
  std::string_view published;  // "Mistral-7B-v0.1"
  std::vector<Layer> layers;   // the distinct shapes of its linear layers
};
const std::vector<Model>& all_models();
// By either name, upper or lower case.
const Model* find_model(std::string_view name);

// A matrix of a file: what takes the place of generated weights.
struct RealTensor {
  std::string name;                // may be empty
  Layer shape;                     // as a matrix, whatever its rank in the file
  std::string file = {};           // where it is from
  std::string layout = {};         // how it was taken where that is not plain: "stack", ...
  std::int64_t slices = 1;         // of a stack: matrices, whose scales and tiles are their own
  std::string not_in_totals = {};  // why, or empty
  bool operator==(const RealTensor&) const = default;
};

struct Case {
  const Suite* suite = nullptr;
  const Mode* mode = nullptr;
  const Kernel* kernel = nullptr;  // nullptr only where `skip` says why
  DeviceId device;
  Dtype dtype = Dtype::fp32;    // Problem::dtype; fp32 for roundtrip
  int block_size = 0;           // 0: the mode has no blocks
  Shape shape{};                // m is 0 but for products
  Input input = Input::normal;  // of the activations, and of the weights where these are generated
  std::optional<RealTensor> tensor;  // real weights; nothing: generated
  std::uint64_t seed = 1;
  std::string skip;    // why it cannot be run at all, or empty
  bool added = false;  // nobody asked for it: it is what the others are compared with

  const Operation& operation() const { return qbench::operation(suite->op); }
  bool uses_input() const;  // whether anything is generated from `input`

  // "gemm/mode:nf4/kernel:reference/dtype:bf16/bs:64/m:16/n:4096/k:4096/input:normal/seed:1". What
  // a case does not have is left out, and so is the device where it is the cpu; the tensor comes
  // last, because its name may hold slashes. Names the case and reproduces it.
  std::string id() const;
};

// What to sweep. Empty lists mean the suite's or the mode's own.
struct Sweep {
  std::vector<const Suite*> suites;
  std::vector<const Mode*> modes;
  std::vector<int> block_sizes;
  std::vector<Dtype> dtypes;
  std::vector<Shape> shapes;  // m == 0: the suite's own
  std::vector<Input> inputs;
  std::vector<std::string> kernels;
  std::vector<DeviceId> devices;    // those that were named
  bool auto_devices = false;        // also the CPU and every CUDA device that has kernels
  std::vector<RealTensor> tensors;  // real weights, which take the place of shapes
  std::uint64_t seed = 1;
};

// The cases in the order in which they are run: those of one weight matrix together. bf16 is always
// the first of the modes: what the others are compared with has been measured by then; where it was
// not asked for, it has cases only where a kernel runs it. What was asked for and cannot be run is
// a case with `skip`.
std::vector<Case> expand(const Sweep& sweep);
// The same with these kernels (which outlive the cases) and devices.
std::vector<Case> expand(const Sweep& sweep, std::span<const Kernel> kernels,
                         const CudaStatus& cuda);

// The inverse of Case::id(): a sweep whose cases include the one of that id.
// Throws std::invalid_argument that says what is wrong with the id.
Sweep sweep_of(std::string_view id);

}  // namespace qbench
