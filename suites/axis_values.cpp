// SPDX-License-Identifier: Apache-2.0
// Parses the axes whose values are more than names.
#include "suites/axis_values.h"

#include <fmt/format.h>

#include <cctype>
#include <cstdint>
#include <stdexcept>

#include "suites/mode_sets.h"
#include "suites/unknown_mode.h"

namespace qbench {
namespace {

[[noreturn]] void fail(const std::string& message) { throw std::invalid_argument(message); }

// Parses MxNxK, or NxK with the suite's own m (0).
Shape shape_of(std::string_view option, const std::string& text) {
  std::vector<std::int64_t> sizes;
  for (std::size_t begin = 0; begin <= text.size();) {
    const std::size_t end = std::min(text.find('x', begin), text.size());
    sizes.push_back(number(option, text.substr(begin, end - begin), std::int64_t{1},
                           "a positive whole number, as in 16x4096x4096"));
    begin = end + 1;
  }
  if (sizes.size() == 2) sizes.insert(sizes.begin(), 0);
  if (sizes.size() != 3)
    fail(fmt::format("{}: '{}' is not MxNxK, NxK or the name of a model", option, text));
  const Shape shape{sizes[0], sizes[1], sizes[2]};
  if (!fits(shape))
    fail(fmt::format("{}: '{}' is too large: m * n * k must stay below 2^62", option, text));
  return shape;
}

template <class Number>
Number digits(std::string_view key, std::string_view text, std::string_view what = "a number") {
  Number value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc() || end != text.data() + text.size())
    fail(fmt::format("'{}:{}' is not {}", key, text, what));
  return value;
}

constexpr std::string_view kRow = "row", kTensor = "tensor";

constexpr std::int64_t kMostRank = 1 << 16;  // no layer has a higher one

// At least as large as the layers that suites take by default.
const std::vector<Shape> kLargest = {{0, 1 << 16, 1 << 16}};

std::string unknown_device(const Axis& axis, const std::string& name) {
  if (name == "gpu" || name == "cuda" || name == "nvidia")
    return "unknown device '" + name + "': the first GPU is 'cuda:0'";
  return unknown_name(axis.name, name, Names{"auto", "cpu", "emulated", "cuda:0"});
}

}  // namespace

void set_modes(const Axis& axis, Sweep& sweep, const std::string& text) {
  sweep.modes = modes_of(split_list(axis.option, text.empty() ? "common" : text));
}

std::vector<int> block_sizes_of(const Axis& axis, const std::string& text) {
  std::vector<int> sizes;
  if (text.empty()) return sizes;
  for (const std::string& size : split_list(axis.option, text))
    add_once(sizes, size == kRow ? kWholeRow
                    : size == kTensor
                        ? kWholeTensor
                        : number(axis.option, size, 1, "a positive whole number, row or tensor"));
  return sizes;
}

int block_size_of(std::string_view text) {
  if (text == kRow) return kWholeRow;
  if (text == kTensor) return kWholeTensor;
  return digits<int>("bs", text, "a number, row or tensor");
}

std::string block_size_name(int size) {
  if (size == kWholeRow) return std::string(kRow);
  return size == kWholeTensor ? std::string(kTensor) : std::to_string(size);
}

bool fits(const Shape& shape) {
  constexpr std::int64_t kMost = (std::int64_t{1} << 62) - 1;
  const std::int64_t m = std::max<std::int64_t>(shape.m, 1);
  return shape.m >= 0 && shape.n > 0 && shape.k > 0 && shape.n <= kMost / shape.k &&
         m <= kMost / (shape.n * shape.k);
}

void add_model(Sweep& sweep, const Model& model) {
  add_once(sweep.models, &model);
  for (const Layer& layer : model.layers) add_once(sweep.shapes, {0, layer.n, layer.k});
}

void set_shapes(const Axis& axis, Sweep& sweep, const std::string& text) {
  if (text.empty()) return;
  for (const std::string& name : split_list(axis.option, text)) {
    if (std::isdigit(static_cast<unsigned char>(name[0]))) {
      add_once(sweep.shapes, shape_of(axis.option, name));
      continue;
    }
    const Model* model = find_model(name);
    if (!model)
      fail(unknown_name("model", name,
                        names_of(all_models(), [](const Model& m) { return m.name; })));
    add_model(sweep, *model);
  }
}

void set_m(const Axis& axis, Sweep& sweep, const std::string& text) {
  if (text.empty()) return;
  for (const std::string& each : split_list(axis.option, text))
    add_once(sweep.m, number(axis.option, each, std::int64_t{1}, "a positive whole number"));
  for (const Shape& shape : sweep.shapes)
    if (shape.m > 0)
      fail(fmt::format("{}: the shape {}x{}x{} has an m of its own: write {}x{}, or leave out {}",
                       axis.option, shape.m, shape.n, shape.k, shape.n, shape.k, axis.option));
  for (const std::int64_t m : sweep.m)
    for (const Shape& shape : sweep.shapes.empty() ? kLargest : sweep.shapes)
      if (!fits({m, shape.n, shape.k}))
        fail(fmt::format("{}: '{}' is too large: m * n * k must stay below 2^62", axis.option, m));
}

void set_devices(const Axis& axis, Sweep& sweep, const std::string& text) {
  if (text.empty()) return;
  for (const std::string& name : split_list(axis.option, text)) {
    const std::optional<DeviceId> device = parse_device(name);
    if (!device && name != "auto") fail(unknown_device(axis, name));
    if (device)
      add_once(sweep.devices, *device);
    else
      sweep.auto_devices = true;
  }
}

std::vector<std::int64_t> ranks_of(const Axis& axis, const std::string& text) {
  std::vector<std::int64_t> ranks;
  if (text.empty()) return ranks;
  for (const std::string& each : split_list(axis.option, text)) {
    add_once(ranks, number(axis.option, each, std::int64_t{1}, "a positive whole number"));
    if (ranks.back() > kMostRank)
      fail(fmt::format("{}: '{}' is too large: at most {}", axis.option, each, kMostRank));
  }
  return ranks;
}

std::int64_t rank_of(const IdParts& parts) {
  if (!parts.find("rank")) return 0;
  const auto rank = number_of<std::int64_t>(parts, "rank");
  if (rank < 1 || rank > kMostRank)
    fail(fmt::format("'rank:{}' is not a number from 1 to {}", rank, kMostRank));
  return rank;
}

template <class Number>
Number number_of(const IdParts& parts, std::string_view key) {
  const auto text = parts.find(key);
  return text ? digits<Number>(key, *text) : 0;
}
template int number_of(const IdParts&, std::string_view);
template std::int64_t number_of(const IdParts&, std::string_view);
template std::uint64_t number_of(const IdParts&, std::string_view);

const Mode* mode_of(const IdParts& parts) {
  const std::string_view name = parts.text("mode");
  if (name == kStoredMode.name) return &kStoredMode;
  const Mode* mode = find_mode(name);
  if (mode == nullptr) fail(unknown_mode(name));
  return mode;
}

std::optional<DeviceId> device_of(const IdParts& parts) {
  return parse_device(parts.find("device").value_or("cpu"));
}

Layer layer_of(const IdParts& parts) {
  return {number_of<std::int64_t>(parts, "n"), number_of<std::int64_t>(parts, "k")};
}

bool is_on(const Sweep& sweep, const IdParts& parts) {
  const std::optional<DeviceId> device = device_of(parts);
  if (!device) return false;
  return std::ranges::find(sweep.devices, *device) != sweep.devices.end() ||
         (sweep.auto_devices && device->kind != DeviceKind::emulated);
}

bool has_shape(const Sweep& sweep, const IdParts& parts) {
  if (const auto model = parts.find("model"))
    return std::ranges::find(sweep.models, find_model(*model)) != sweep.models.end();
  const std::string_view m = parts.text("m"), n = parts.text("n"), k = parts.text("k");
  return std::ranges::any_of(sweep.shapes, [&](const Shape& shape) {
    const bool same_m = shape.m == 0 || m.empty() || m == std::to_string(shape.m);
    return same_m && n == std::to_string(shape.n) && k == std::to_string(shape.k);
  });
}

}  // namespace qbench
