// SPDX-License-Identifier: Apache-2.0
// The id of a case, and the way back.
#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <map>
#include <stdexcept>

#include "suites/suite.h"

namespace qbench {
namespace {

constexpr std::string_view kTensor = "/tensor:";

// "mode:nf4/bs:64" by key.
using Parts = std::map<std::string_view, std::string_view>;

Parts split(std::string_view text) {
  Parts parts;
  while (!text.empty()) {
    const std::string_view part = text.substr(0, text.find('/'));
    text.remove_prefix(std::min(text.size(), part.size() + 1));
    const std::size_t colon = part.find(':');
    if (colon == part.npos)
      throw std::invalid_argument(fmt::format("'{}' is not of the form key:value", part));
    parts[part.substr(0, colon)] = part.substr(colon + 1);
  }
  return parts;
}

template <class Number>
Number number(const Parts& parts, std::string_view key) {
  const auto part = parts.find(key);
  if (part == parts.end()) return 0;
  const std::string_view text = part->second;
  Number value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc() || end != text.data() + text.size())
    throw std::invalid_argument(fmt::format("'{}:{}' is not a number", key, text));
  return value;
}

template <class T>
T known(std::string_view key, std::string_view name, T found) {
  if (!found) throw std::invalid_argument(fmt::format("there is no {} '{}'", key, name));
  return found;
}

// Empty where the case has no such part.
std::string_view value(const Parts& parts, std::string_view key) {
  const auto part = parts.find(key);
  return part == parts.end() ? std::string_view() : part->second;
}

// The enumerator of that name, or none where the case has no such part.
template <class Enum, class Names>
std::vector<Enum> enumerator(const Parts& parts, std::string_view key, const Names& names) {
  const std::string_view name = value(parts, key);
  if (name.empty()) return {};
  const auto found = std::find(std::begin(names), std::end(names), name);
  known(key, name, found != std::end(names));
  return {static_cast<Enum>(found - std::begin(names))};
}

}  // namespace

bool Case::uses_input() const { return suite->op == Op::matmul || !tensor; }

std::string Case::id() const {
  std::string id = fmt::format("{}/mode:{}", suite->name, mode->name);
  const auto add = [&id](std::string_view key, const auto& part) {
    id += fmt::format("/{}:{}", key, part);
  };
  if (kernel) add("kernel", kernel->name);
  if (device != DeviceId{}) add("device", to_text(device));
  if (suite->op != Op::roundtrip) add("dtype", name(dtype));
  if (block_size) add("bs", block_size);
  if (shape.m) add("m", shape.m);
  add("n", shape.n);
  add("k", shape.k);
  if (uses_input()) add("input", name(input));
  add("seed", seed);
  if (tensor) id += fmt::format("{}{}", kTensor, tensor->name);
  return id;
}

Sweep sweep_of(std::string_view id) {
  const std::size_t tensor = std::min(id.find(kTensor), id.size());
  const std::string_view suite = id.substr(0, id.find('/'));
  const Parts parts = split(id.substr(0, tensor).substr(std::min(tensor, suite.size() + 1)));
  const Layer layer{number<std::int64_t>(parts, "n"), number<std::int64_t>(parts, "k")};
  const std::string_view device = value(parts, "device");

  Sweep sweep;
  sweep.suites = {known("suite", suite, find_suite(suite))};
  sweep.modes = {known("mode", value(parts, "mode"), find_mode(value(parts, "mode")))};
  if (parts.contains("bs")) sweep.block_sizes = {number<int>(parts, "bs")};
  sweep.dtypes = enumerator<Dtype>(parts, "dtype", kDtypeNames);
  sweep.shapes = {{number<std::int64_t>(parts, "m"), layer.n, layer.k}};
  sweep.inputs = enumerator<Input>(parts, "input", kInputNames);
  sweep.kernels = {std::string(value(parts, "kernel"))};
  sweep.devices = {device.empty() ? DeviceId{} : *known("device", device, parse_device(device))};
  if (tensor < id.size())
    sweep.tensors = {{.name = std::string(id.substr(tensor + kTensor.size())), .shape = layer}};
  sweep.seed = number<std::uint64_t>(parts, "seed");
  return sweep;
}

}  // namespace qbench
