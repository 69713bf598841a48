// SPDX-License-Identifier: Apache-2.0
// The table of kernel `auto`, and how it is read.
#include "kernels/dispatch/dispatch.h"

#include <algorithm>
#include <iterator>
#include <memory>

#include "kernels/device/cuda_device.h"

namespace qbench {
namespace {

constexpr DispatchRow kTable[] = {
#include "kernels/dispatch/dispatch.inc"
};
static_assert(
    std::ranges::all_of(kTable, [](const DispatchRow& row) { return why_malformed(row).empty(); }),
    "kernels/dispatch/dispatch.inc: a row names no device, mode or kernel, or kernel auto itself, "
    "or has a range that is empty or begins below 1");

using Kernels = std::vector<Kernel>;

bool named_in_table(const Kernel& kernel) {
  return std::ranges::find(kTable, kernel.name, &DispatchRow::kernel) != std::end(kTable);
}

bool same_place(const Kernel& a, const Kernel& b) {
  return a.op == b.op && a.device == b.device && a.mode == b.mode;
}

// The name that rows have for a kernel's device.
std::string name_of_device(DeviceKind kind, int index) {
  if (kind != DeviceKind::cuda) return std::string(name(kind));
  const std::vector<CudaDevice> devices = cuda_status().devices;
  return static_cast<std::size_t>(index) < devices.size()
             ? devices[static_cast<std::size_t>(index)].name
             : "unknown";
}

const Kernel* choose_of(const Kernels& choices, const Problem& problem, std::string& why) {
  const std::string device = name_of_device(choices.front().device, problem.device_index);
  return choose(dispatch_table(), device, choices, problem, why);
}

Kernel auto_kernel(const Kernels& choices) {
  Kernel kernel = choices.front();
  kernel.name = "auto";
  for (const Kernel& choice : choices) {
    Arithmetic& widest = kernel.arithmetic;
    widest.sum_roundoff = std::max(widest.sum_roundoff, choice.arithmetic.sum_roundoff);
    widest.underflow = std::max(widest.underflow, choice.arithmetic.underflow);
    widest.weight_roundoffs = std::max(widest.weight_roundoffs, choice.arithmetic.weight_roundoffs);
    widest.weights_of_dtype = widest.weights_of_dtype || choice.arithmetic.weights_of_dtype;
    widest.headroom = std::max(widest.headroom, choice.arithmetic.headroom);
    kernel.counted = kernel.counted && choice.counted;
    kernel.whole = kernel.whole && choice.whole;
  }
  const auto shared = std::make_shared<const Kernels>(choices);
  kernel.unsupported = [shared](const Problem& problem) {
    std::string why;
    choose_of(*shared, problem, why);
    return why;
  };
  kernel.prepare = [shared](const Problem& problem) {
    std::string why;
    return choose_of(*shared, problem, why)->prepare(problem);
  };
  return kernel;
}

}  // namespace

std::span<const DispatchRow> dispatch_table() { return kTable; }

bool applies(const DispatchRow& row, std::string_view device, const Problem& problem) {
  const bool open = row.device.ends_with('*');
  const std::string_view named = row.device.substr(0, row.device.size() - (open ? 1 : 0));
  const Mode& mode = *problem.mode;
  return (open ? device.starts_with(named) : device == named) && row.op == problem.op &&
         (row.mode == "*" || row.mode == mode.name) &&
         (!operation(problem.op).has_x || row.m.holds(problem.x->rows)) &&
         row.n.holds(problem.weights->rows) && row.k.holds(problem.weights->cols);
}

const Kernel* choose(std::span<const DispatchRow> table, std::string_view device,
                     std::span<const Kernel> kernels, const Problem& problem, std::string& why) {
  why = "no row of kernels/dispatch/dispatch.inc is for it";
  for (const DispatchRow& row : table) {
    if (!applies(row, device, problem)) continue;
    const auto kernel = std::ranges::find(kernels, row.kernel, &Kernel::name);
    if (kernel == kernels.end()) continue;  // of another mode
    why = kernel->unsupported(problem);
    if (why.empty()) return &*kernel;
    why = "no kernel takes it; " + std::string(kernel->name) + ": " + why;
  }
  return nullptr;
}

std::vector<Kernel> auto_kernels(std::span<const Kernel> kernels) {
  std::vector<Kernels> places;
  for (const Kernel& kernel : kernels) {
    if (!named_in_table(kernel)) continue;
    const auto there = [&](const Kernels& place) { return same_place(place.front(), kernel); };
    const auto place = std::ranges::find_if(places, there);
    (place != places.end() ? *place : places.emplace_back()).push_back(kernel);
  }
  Kernels all;
  std::ranges::transform(places, std::back_inserter(all), auto_kernel);
  return all;
}

}  // namespace qbench
