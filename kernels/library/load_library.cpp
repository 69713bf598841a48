// SPDX-License-Identifier: Apache-2.0
// A shared library's kernels as Kernels.
#include "kernels/library/load_library.h"

#include <dlfcn.h>

#include <algorithm>
#include <filesystem>
#include <set>
#include <span>
#include <stdexcept>

#include "kernels/library/from_version_1.h"
#include "kernels/library/library_trial.h"

namespace qbench {
namespace {

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

Kernel adapted(const qbench_kernel& kernel) {
  check_functions(kernel);
  return {.name = kernel.name,
          .op = operation_of(kernel),
          .device = device_of(kernel),
          .mode = mode_of(kernel),
          .unsupported = [&](const Problem& problem) { return why_not(problem, kernel); },
          .prepare = [&](const Problem& problem) { return library_trial(problem, kernel); },
          .counted = false,
          .whole = false,
          .foreign = true,
          .arithmetic = {.underflow = kFlushed}};  // however it was compiled
}

std::span<const version_1::qbench_kernel> old_entries(const qbench_library& library) {
  const auto& old = reinterpret_cast<const version_1::qbench_library&>(library);
  return {old.kernels, static_cast<std::size_t>(old.count)};
}

std::vector<Kernel> kernels_of(const qbench_library* library) {
  if (library == nullptr) refuse("qbench_kernel_library() returned NULL");
  if (library->version != 1 && library->version != QBENCH_KERNEL_LIBRARY_VERSION)
    refuse("built for version " + std::to_string(library->version) +
           " of kernel_library.h, this qbench has version " +
           std::to_string(QBENCH_KERNEL_LIBRARY_VERSION) + ": build it again with that header");
  if (library->count < 1 || library->kernels == nullptr) refuse("it has no kernels");
  std::vector<Kernel> kernels;
  if (library->version == 1)
    for (const version_1::qbench_kernel& old : old_entries(*library))
      kernels.push_back(adapted(from_version_1(old)));
  else
    for (const qbench_kernel& kernel :
         std::span(library->kernels, static_cast<std::size_t>(library->count)))
      kernels.push_back(adapted(kernel));
  return kernels;
}

const qbench_library* library_of(void* handle) {
  void* symbol = dlsym(handle, "qbench_kernel_library");
  if (symbol == nullptr) refuse("it does not export qbench_kernel_library(): see kernel_library.h");
  return reinterpret_cast<decltype(&::qbench_kernel_library)>(symbol)();
}

void* open(const std::string& file) {
  // An absolute path holds a slash, so that dlopen takes the file and does not search for it.
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
