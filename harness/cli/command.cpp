// SPDX-License-Identifier: Apache-2.0
// Reads a command line, or answers it at once.
#include "harness/cli/command.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <stdexcept>

#include "harness/cli/options_values.h"
#include "kernels/library/load_library.h"
#include "suites/axes.h"
#include "suites/names.h"

namespace qbench {
namespace {

using Names = std::vector<std::string>;

// --- The kernels

// The side of ab that is a kernel library, or empty.
std::string library_side(const RawOptions& raw) {
  const std::string& side = is_library(raw.new_text) ? raw.new_text : raw.old_text;
  return is_library(side) ? side : "";
}

Names libraries_of(const RawOptions& raw) {
  Names files;
  for (const std::string& text : {raw.kernel_libraries, library_side(raw)})
    if (!text.empty())
      for (std::string& file : split_list("--kernel-library", text))
        files.push_back(std::move(file));
  return files;
}

SharedKernels load_kernels(const RawOptions& raw) {
  const Names files = libraries_of(raw);
  if (files.empty()) return built_in_kernels();
  try {
    return std::make_shared<const KernelTable>(load_kernel_libraries(files));
  } catch (const std::invalid_argument& error) {
    throw std::invalid_argument(std::string("--kernel-library: ") + error.what());
  }
}

// If a side is a library, its kernels are compared unless others are named.
void name_kernels_of_side(RawOptions& raw, const KernelTable& kernels) {
  std::string& typed = raw.axes[kKernelsOption];
  if (library_side(raw).empty() || !typed.empty()) return;
  Names names;
  for (const Kernel& kernel : kernels)
    if (kernel.foreign && std::ranges::find(names, kernel.name) == names.end())
      names.emplace_back(kernel.name);
  typed = fmt::format("{}", fmt::join(names, ","));
}

// --- Answers

Parsed mistake(const std::exception& error) {
  Parsed parsed;
  parsed.exit_code = 1;
  parsed.err = "qbench: " + one_line(error.what());
  return parsed;
}

Parsed text(std::string out) {
  Parsed parsed;
  parsed.exit_code = 0;
  parsed.out = std::move(out);
  return parsed;
}

}  // namespace

// The built-in table lives as long as the process.
SharedKernels built_in_kernels() { return {std::shared_ptr<void>(), &all_kernels()}; }

Parsed read_command(int argc, const char* const* argv, Verbs verbs) {
  try {
    CommandLine line = parse(argc, argv, verbs);
    if (!line.answer.empty()) return text(line.answer);
    const SharedKernels kernels = load_kernels(line.raw);
    if (line.raw.list) return text(list_text(line.raw.list_part, *kernels));
    name_kernels_of_side(line.raw, *kernels);
    Parsed parsed;
    parsed.options = options_of(line.raw, *line.verb, kernels);
    parsed.options.verbs = verbs;
    return parsed;
  } catch (const std::exception& error) {
    return mistake(error);
  }
}

}  // namespace qbench
