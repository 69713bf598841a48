// SPDX-License-Identifier: Apache-2.0
// Suite: the shapes and inputs at which an operation is run. Case: one point of a sweep.
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
// True if the weights of that input are the same at every seed.
constexpr bool is_fixed(Input input) {
  return input == Input::boundaries || input == Input::scales || input == Input::specials;
}

struct Suite {
  std::string_view name;
  std::string_view summary;
  Op op;
  std::vector<std::int64_t> m;  // default numbers of tokens; empty: the operation has none
  std::string_view model;       // the model whose layer shapes are the default
  std::vector<Input> inputs;    // the default inputs
  bool whole_model = false;     // a case is the linear layers of a model, not one matrix
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
  std::vector<Layer> token;    // those that a token goes through, in order; of experts the active
};
const std::vector<Model>& all_models();
// Finds a model by either name, ignoring case.
const Model* find_model(std::string_view name);

// A matrix from a file, which replaces generated weights.
struct RealTensor {
  std::string name;                // may be empty
  Layer shape;                     // n x k of the matrix, whatever the rank in the file
  std::string file = {};           // path
  std::string layout = {};         // "stack", ...; empty for a plain matrix
  std::int64_t slices = 1;         // number of stacked matrices, with scales and tiles of their own
  std::string not_in_totals = {};  // the reason why totals leave it out, or empty
  std::string stored_as = {};  // "gptq int4 g128"; empty for plain numbers that have no original
  // The file of its unquantized original, which errors are against; empty: errors are against the
  // tensor itself.
  std::string against = {};
  bool operator==(const RealTensor&) const = default;
};

// Stands for the format in which a file stores a tensor, whatever that is. Cases of real weights
// have it without being asked for; it is no built-in mode, and nothing is quantized in it.
extern const Mode kStoredMode;

struct Case {
  const Suite* suite = nullptr;
  const Mode* mode = nullptr;
  const Kernel* kernel = nullptr;  // nullptr only if `skip` says why
  DeviceId device;
  Dtype dtype = Dtype::fp32;         // Problem::dtype; fp32 for roundtrip
  int block_size = 0;                // 0: the mode has no blocks
  Shape shape{};                     // m is 0 except for products, n and k of a whole model
  const Model* model = nullptr;      // of suites of whole models alone
  Input input = Input::normal;       // distribution of activations and generated weights
  std::optional<RealTensor> tensor;  // real weights; absent: generated
  std::uint64_t seed = 1;
  std::int64_t rank = 0;  // of the adapter; 0 except for layers that have one
  std::string skip;       // the reason why it cannot run, or empty
  bool added = false;     // only added as the baseline of other cases

  const Operation& operation() const { return qbench::operation(suite->op); }
  bool uses_input() const;  // true if anything is generated from `input`
  bool is_stored() const { return mode == &kStoredMode; }

  // The product with one layer of a whole model.
  Case with_layer(const Layer& layer) const;

  // The name of the case, which reproduces it:
  //   gemm/mode:nf4/kernel:reference/dtype:bf16/bs:64/m:16/n:4096/k:4096/input:normal/seed:1
  // Parts that a case does not have are left out, and so is the device if it is the CPU. The tensor
  // comes last, because its name may hold slashes.
  std::string id() const;
};

// The values to sweep over. Empty lists mean the defaults of the suite or the mode.
struct Sweep {
  std::vector<const Suite*> suites;
  std::vector<const Mode*> modes;
  std::vector<int> block_sizes;
  std::vector<Dtype> dtypes;
  std::vector<Shape> shapes;         // m == 0: those of `m`
  std::vector<const Model*> models;  // named among the shapes: those of suites of whole models
  std::vector<std::int64_t> m;       // numbers of tokens
  std::vector<std::int64_t> ranks;   // of adapters
  std::vector<Input> inputs;
  std::vector<std::string> kernels;
  std::vector<DeviceId> devices;    // named explicitly
  bool auto_devices = false;        // also the CPU and every CUDA device that has kernels
  std::vector<RealTensor> tensors;  // real weights, which replace shapes
  std::uint64_t seed = 1;
};

// The cases in the order of execution, those of one weight matrix together. bf16 is always the
// first mode, so that the baseline of the others has been measured; if it was not asked for, it has
// cases only for kernels that run it. A case that was asked for and cannot run has `skip`.
std::vector<Case> expand(const Sweep& sweep);
// The same with the given kernels, which outlive the cases, and devices.
std::vector<Case> expand(const Sweep& sweep, std::span<const Kernel> kernels,
                         const CudaStatus& cuda);

// The inverse of Case::id(): a sweep whose cases include the one with that id. Throws
// std::invalid_argument that says what is wrong with the id.
Sweep sweep_of(std::string_view id);

}  // namespace qbench
