// SPDX-License-Identifier: Apache-2.0
// The text of --list.
#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <iterator>
#include <stdexcept>
#include <utility>

#include "harness/cli/options.h"
#include "harness/explain/page.h"
#include "harness/explain/size_sum.h"
#include "kernels/baselines/cublaslt.h"
#include "kernels/device/cuda_device.h"
#include "kernels/dispatch/dispatch.h"
#include "reports/text/width.h"
#include "suites/axis_values.h"
#include "suites/mode_sets.h"
#include "suites/names.h"

namespace qbench {
namespace {

std::string suites() {
  std::string out = "Suites (--suite)\n";
  for (const Suite& suite : all_suites()) {
    const std::string m = suite.m.empty() ? "" : fmt::format("m = {}, ", fmt::join(suite.m, ","));
    out += fmt::format("  {:<12} {} ({}shapes of {})\n", suite.name, suite.summary, m, suite.model);
  }
  return out;
}

constexpr std::size_t kMostWidth = 100, kBeside = 40;  // columns in all, and before the text

std::size_t list_width() { return std::min(kMostWidth, table_width()); }

constexpr auto name_of = [](const Mode* mode) { return mode->name; };

// "4.5", or "8+32/k" where rows of k weights have 32 bits more; those of a tensor are no share.
std::string bits_text(const Mode& mode) {
  const SizeSum sum = size_sum(mode.format, mode.block_size);
  return fmt::format("{:.6g}{}", sum.per_param,
                     sum.per_row > 0 ? fmt::format("+{:g}/k", sum.per_row) : "");
}

std::string mode_line(const Mode& mode) {
  const std::string block = mode.block_size ? block_size_name(mode.block_size) : "-";
  const std::string what = fmt::format("{}; {}", mode.summary, mode.used_by);
  return fmt::format("    {:<18}{:>10}{:>6}  {}\n", mode.name, bits_text(mode), block,
                     wrapped(what, list_width(), kBeside));
}

double bits_of(const Mode* mode) { return size_sum(mode->format, mode->block_size).per_param; }

std::string family_lines(std::string_view family) {
  Modes members;
  std::ranges::copy_if(all_modes(), std::back_inserter(members),
                       [&](const Mode* mode) { return mode->family == family; });
  std::ranges::stable_sort(members, {}, bits_of);
  std::string out = fmt::format("  {}\n", family);
  for (const Mode* mode : members) out += mode_line(*mode);
  return out;
}

// Lists modes by family in the order of the table, then by bits per parameter.
std::string modes() {
  std::string out = "Modes (--modes)        bits/param block  what it is; who uses it\n";
  std::vector<std::string_view> families;
  for (const Mode* mode : all_modes()) add_once(families, mode->family);
  for (const std::string_view family : families) out += family_lines(family);
  Names sets;
  for (const ModeSet& set : mode_sets())
    sets.push_back(find_mode(set.name) ? fmt::format("'{}*'", set.name) : set.name);
  const std::string text = fmt::format("sets: {}; common: {}", fmt::join(sets, " "),
                                       fmt::join(names_of(find_modes("common"), name_of), " "));
  return out + "  " + wrapped(text, list_width(), 4) + "\n";
}

std::string kernels(const KernelTable& table) {
  std::string out = "Kernels (--kernels)\n";
  for (const Kernel& kernel : table)
    out += fmt::format("  {:<19} {:<10}  {:<8}  {}\n", kernel.name, name(kernel.op),
                       name(kernel.device), kernel.mode ? kernel.mode->name : "every mode");
  return out;
}

std::string devices(const KernelTable& table) {
  const CudaStatus cuda = cuda_status();
  std::string out = "Devices (--device)\n  cpu\n";
  const bool emulator =
      std::ranges::find(table, DeviceKind::emulated, &Kernel::device) != table.end();
  out += emulator ? "  emulated          the CUDA kernels on the CPU: verified, never timed\n"
                  : "  no emulated device: built without CUDA's headers\n";
  for (std::size_t i = 0; i < cuda.devices.size(); ++i)
    out += fmt::format(
        "  cuda:{:<12} {}{}{}\n", i, cuda.devices[i].name,
        cuda.devices[i].unusable.empty() ? "" : ", unusable: ", cuda.devices[i].unusable);
  if (cuda.devices.empty()) out += fmt::format("  no CUDA device: {}\n", cuda.absent);
  return out;
}

std::string baselines() {
  const CublasLtLibrary& library = cublaslt_library();
  std::string what = library.absent;
  if (what.empty()) {
    const std::size_t version = library.call.version();  // 130100: 13.1.0
    what = fmt::format("cuBLASLt {}.{}.{} of {}", version / 10000, version / 100 % 100,
                       version % 100, library.file);
  }
  return "Baselines of products on GPUs\n  " + what + "\n";
}

// "1..16", or "any".
std::string range(const Range& range) {
  if (range.last == kAny) return range.first == 1 ? "any" : fmt::format("{}..", range.first);
  return fmt::format("{}..{}", range.first, range.last);
}

std::string dispatch() {
  std::string out =
      "Kernel auto takes the first of these that can run the problem\n"
      "  device            operation   mode      m         n         k         kernel\n";
  for (const DispatchRow& row : dispatch_table())
    out +=
        fmt::format("  {:<17} {:<10}  {:<8}  {:<8}  {:<8}  {:<8}  {}\n", row.device, name(row.op),
                    row.mode, range(row.m), range(row.n), range(row.k), row.kernel);
  return out;
}

std::string models() {
  std::string out = "Models (--shapes, qbench memory), n x k of their linear layers\n";
  for (const Model& model : all_models()) {
    std::vector<std::string> layers;
    for (const Layer& layer : model.layers)
      layers.push_back(fmt::format("{}x{}", layer.n, layer.k));
    out += fmt::format("  {:<17} {}\n", model.name, fmt::join(layers, " "));
  }
  return out;
}

std::string report_formats() {
  std::string out = "Reports (--report)\n";
  for (const Report& report : all_reports())
    out += fmt::format("  {:<17} {}\n", report.name, report.summary);
  return out;
}

std::string inputs() {
  return fmt::format("Inputs (--inputs)\n  {}\n", fmt::join(kInputNames, " "));
}

std::string dtypes() {
  return fmt::format("Dtypes (--dtypes)\n  {}\n", fmt::join(kDtypeNames, " "));
}

// The text of a part that does not depend on kernels.
template <std::string (*text)()>
std::string plain(const KernelTable&) {
  return text();
}

constexpr std::pair<std::string_view, std::string (*)(const KernelTable&)> kParts[] = {
    {"suites", plain<suites>},
    {"modes", plain<modes>},
    {"kernels", kernels},
    {"devices", devices},
    {"baselines", plain<baselines>},
    {"dispatch", plain<dispatch>},
    {"inputs", plain<inputs>},
    {"dtypes", plain<dtypes>},
    {"models", plain<models>},
    {"reports", plain<report_formats>}};

}  // namespace

std::string list_text(const std::string& part, const KernelTable& table) {
  std::string all;
  std::vector<std::string> names;
  for (const auto& [name, text] : kParts) {
    if (name == part) return text(table);
    names.emplace_back(name);
    all += (all.empty() ? "" : "\n") + text(table);
  }
  if (part.empty()) return all;
  throw std::invalid_argument(unknown_name("part of --list", part, names));
}

}  // namespace qbench
