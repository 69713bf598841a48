// SPDX-License-Identifier: Apache-2.0
// Expands a sweep into cases, one axis after the other, the outermost first.
#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <utility>

#include "suites/axes.h"
#include "suites/axis_values.h"

namespace qbench {
namespace {

using Cases = std::vector<Case>;

Case skipped(Case c, DeviceId device, std::string reason) {
  c.kernel = nullptr;
  c.device = device;
  c.skip = std::move(reason);
  return c;
}

bool serves(const Kernel& kernel, const Case& c, DeviceId device) {
  return kernel.op == c.suite->op && kernel.device == device.kind &&
         (!kernel.mode || kernel.mode == c.mode);
}

struct Place {
  DeviceId device;
  bool asked;  // named explicitly: report if unusable
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

// What runs the case elsewhere: ": --device cpu runs it", or nothing.
std::string elsewhere(const Case& c, std::span<const Kernel> kernels) {
  const auto runs_it = [&](const Kernel& kernel) {
    return kernel.device == DeviceKind::cpu && serves(kernel, c, {DeviceKind::cpu});
  };
  return std::ranges::any_of(kernels, runs_it) ? ": --device cpu runs it" : "";
}

// The reason why a device does not exist or cannot be used; empty if it can.
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
    out.push_back(
        skipped(c, place.device,
                fmt::format("{}: there is no {} kernel of {}{}", c.mode->name,
                            name(place.device.kind), c.suite->name, elsewhere(c, kernels))));
  return out;
}

Cases kernels_of(const Case& c, const Sweep& sweep, std::span<const Kernel> kernels,
                 const CudaStatus& cuda) {
  const std::vector<Place> all = places(sweep, cuda);
  if (c.block_size && !c.mode->allows(c.block_size)) {
    const Names names = names_of(c.mode->block_sizes, block_size_name);
    return {skipped(
        c, all.front().device,
        fmt::format("{} has block size{} {}, not {}", c.mode->name, names.size() == 1 ? "" : "s",
                    fmt::join(names, ", "), block_size_name(c.block_size)))};
  }
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

// The axes that vary a case, the outermost first.
std::vector<const Axis*> nested_axes() {
  std::vector<const Axis*> axes;
  for (const Axis& axis : all_axes())
    if (axis.vary != nullptr) axes.push_back(&axis);
  std::ranges::sort(axes, {}, &Axis::nesting);
  return axes;
}

template <class Vary>
Cases varied(const Cases& cases, Vary vary) {
  Cases out;
  for (const Case& c : cases)
    for (Case& variant : vary(c)) out.push_back(std::move(variant));
  return out;
}

}  // namespace

std::vector<Case> expand(const Sweep& sweep, std::span<const Kernel> kernels,
                         const CudaStatus& cuda) {
  Cases cases = {Case{}};
  for (const Axis* axis : nested_axes())
    cases = varied(cases, [&](const Case& c) { return axis->vary(c, sweep); });
  return varied(cases, [&](const Case& c) { return kernels_of(c, sweep, kernels, cuda); });
}

std::vector<Case> expand(const Sweep& sweep) { return expand(sweep, all_kernels(), cuda_status()); }

}  // namespace qbench
