// SPDX-License-Identifier: Apache-2.0
// Sweep to cases: one axis after the other, the outermost first.
#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <functional>

#include "suites/suite.h"

namespace qbench {
namespace {

using Cases = std::vector<Case>;

template <class T>
void add_once(std::vector<T>& list, const T& value) {
  if (std::find(list.begin(), list.end(), value) == list.end()) list.push_back(value);
}

Case skipped(Case c, DeviceId device, std::string reason) {
  c.kernel = nullptr;
  c.device = device;
  c.skip = std::move(reason);
  return c;
}

// --- Axes: the variants of one case

Cases weights(const Case& c, const Sweep& sweep) {
  Cases out;
  const auto add = [&](const Shape& shape, const std::optional<RealTensor>& tensor) {
    out.push_back(c);
    out.back().shape = shape;
    out.back().tensor = tensor;
  };
  for (const RealTensor& tensor : sweep.tensors)
    add({c.suite->m, tensor.shape.n, tensor.shape.k}, tensor);
  if (!out.empty()) return out;

  std::vector<Shape> shapes;
  for (Shape shape : sweep.shapes) {
    if (shape.m == 0 || c.suite->m == 0) shape.m = c.suite->m;
    add_once(shapes, shape);
  }
  if (shapes.empty())
    for (const Layer& layer : find_model(c.suite->model)->layers)
      shapes.push_back({c.suite->m, layer.n, layer.k});
  for (const Shape& shape : shapes) add(shape, std::nullopt);
  return out;
}

Cases inputs(const Case& c, const Sweep& sweep) {
  // Only products use generated input beside real weights.
  if (!c.uses_input()) return {c};
  Cases out;
  for (const Input input : sweep.inputs.empty() ? c.suite->inputs : sweep.inputs) {
    out.push_back(c);
    out.back().input = input;
  }
  return out;
}

Cases modes(const Case& c, const Sweep& sweep) {
  std::vector<const Mode*> modes = {find_mode("bf16")};
  for (const Mode* mode : sweep.modes) add_once(modes, mode);
  Cases out;
  for (const Mode* mode : modes) {
    out.push_back(c);
    out.back().mode = mode;
    out.back().added = std::find(sweep.modes.begin(), sweep.modes.end(), mode) == sweep.modes.end();
  }
  return out;
}

Cases block_sizes(const Case& c, const Sweep& sweep) {
  const bool own = c.mode->block_sizes.empty() || sweep.block_sizes.empty();
  Cases out;
  for (const int size : own ? std::vector{c.mode->block_size} : sweep.block_sizes) {
    out.push_back(c);
    out.back().block_size = size;
  }
  return out;
}

Cases dtypes(const Case& c, const Sweep& sweep) {
  std::vector<Dtype> dtypes = sweep.dtypes;
  if (dtypes.empty()) dtypes = {c.mode->dtype};
  if (c.suite->op == Op::roundtrip) dtypes = {Dtype::fp32};
  Cases out;
  for (const Dtype dtype : dtypes) {
    out.push_back(c);
    out.back().dtype = dtype;
  }
  return out;
}

// --- Kernels and devices

bool serves(const Kernel& kernel, const Case& c, DeviceId device) {
  return kernel.op == c.suite->op && kernel.device == device.kind &&
         (!kernel.mode || kernel.mode == c.mode);
}

struct Place {
  DeviceId device;
  bool asked;  // by its name: that it cannot be used is told
};

std::vector<Place> places(const Sweep& sweep, const CudaStatus& cuda) {
  std::vector<Place> places;
  const auto add = [&places](DeviceId device, bool by_name) {
    for (const Place& place : places)
      if (place.device == device) return;
    places.push_back({device, by_name});
  };
  for (const DeviceId device : sweep.devices) add(device, true);
  if (sweep.devices.empty() || sweep.auto_devices) {
    add({DeviceKind::cpu}, false);
    for (std::size_t i = 0; i < cuda.devices.size(); ++i)
      add({DeviceKind::cuda, static_cast<int>(i)}, false);
  }
  return places;
}

// Why there is no such device, or why it cannot be used, or empty.
std::string absence(DeviceId device, const CudaStatus& cuda) {
  if (device.kind != DeviceKind::cuda) return {};
  if (cuda.devices.empty()) return cuda.absent;
  const auto index = static_cast<std::size_t>(device.index);
  if (index < cuda.devices.size()) return cuda.devices[index].unusable;
  return fmt::format("there is no {}: this machine has {} CUDA device{}", to_text(device),
                     cuda.devices.size(), cuda.devices.size() == 1 ? "" : "s");
}

Cases kernels_on(const Place& place, const Case& c, const Sweep& sweep,
                 std::span<const Kernel> kernels, const CudaStatus& cuda) {
  const std::string absent = absence(place.device, cuda);
  if (!absent.empty()) return {skipped(c, place.device, absent)};
  const auto& names = sweep.kernels;
  bool served = false;
  Cases out;
  for (const Kernel& kernel : kernels) {
    if (!serves(kernel, c, place.device)) continue;
    served = true;
    if (!names.empty() && std::find(names.begin(), names.end(), kernel.name) == names.end())
      continue;
    out.push_back(c);
    out.back().device = place.device;
    out.back().kernel = &kernel;
  }
  if (!served && place.asked)
    out.push_back(skipped(c, place.device,
                          fmt::format("{}: there is no {} kernel of {}", c.mode->name,
                                      name(place.device.kind), c.suite->name)));
  return out;
}

Cases kernels_of(const Case& c, const Sweep& sweep, std::span<const Kernel> kernels,
                 const CudaStatus& cuda) {
  const std::vector<Place> all = places(sweep, cuda);
  if (c.block_size && !c.mode->allows(c.block_size))
    return {skipped(c, all.front().device,
                    fmt::format("{} has block sizes {}, not {}", c.mode->name,
                                fmt::join(c.mode->block_sizes, ", "), c.block_size))};
  Cases out;
  for (const Place& place : all)
    for (Case& variant : kernels_on(place, c, sweep, kernels, cuda))
      out.push_back(std::move(variant));
  if (out.empty())
    out.push_back(skipped(
        c, all.front().device,
        fmt::format("{}: none of the kernels asked for runs {}", c.mode->name, c.suite->name)));
  if (c.added) std::erase_if(out, [](const Case& variant) { return variant.kernel == nullptr; });
  return out;
}

}  // namespace

std::vector<Case> expand(const Sweep& sweep, std::span<const Kernel> kernels,
                         const CudaStatus& cuda) {
  Cases cases;
  for (const Suite* suite : sweep.suites) {
    cases.emplace_back();
    cases.back().suite = suite;
    cases.back().seed = sweep.seed;
  }
  const auto last = [&](const Case& c, const Sweep&) {
    return kernels_of(c, sweep, kernels, cuda);
  };
  const std::function<Cases(const Case&, const Sweep&)> axes[] = {weights,     inputs, modes,
                                                                  block_sizes, dtypes, last};
  for (const auto& axis : axes) {
    Cases varied;
    for (const Case& c : cases)
      for (Case& variant : axis(c, sweep)) varied.push_back(std::move(variant));
    cases = std::move(varied);
  }
  return cases;
}

std::vector<Case> expand(const Sweep& sweep) { return expand(sweep, all_kernels(), cuda_status()); }

}  // namespace qbench
