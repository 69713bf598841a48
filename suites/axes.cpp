// SPDX-License-Identifier: Apache-2.0
// The table of axes.
#include "suites/axes.h"

#include <functional>
#include <stdexcept>
#include <type_traits>

#include "suites/axis_scope.h"
#include "suites/axis_values.h"
#include "suites/variants.h"

namespace qbench {
namespace {

using Value = AxisValue;
using Kernels = std::span<const Kernel>;

using enum Made;

// --- Axes of an enum: options and ids use its names

template <auto kValues, const auto& kNames>
void parse_names(const Axis& axis, Sweep& sweep, const std::string& text, Kernels) {
  using Enum = std::decay_t<decltype((sweep.*kValues)[0])>;
  const Names known(std::begin(kNames), std::end(kNames));
  sweep.*kValues = lookup<Enum>(axis, text, known, [&](const std::string& name) {
    return static_cast<Enum>(std::ranges::find(known, name) - known.begin());
  });
}

// Reads nothing if the id has no such part.
template <auto kValues, const auto& kNames>
void read_name(Sweep& sweep, const IdParts& parts, std::string_view key) {
  using Enum = std::decay_t<decltype((sweep.*kValues)[0])>;
  const std::string_view name = parts.text(key);
  if (name.empty()) return;
  const auto found = std::ranges::find(kNames, name);
  known(key, name, found != std::end(kNames));
  sweep.*kValues = {static_cast<Enum>(found - std::begin(kNames))};
}

template <class List, class Text>
bool has(const List& list, std::string_view part, Text text) {
  return std::ranges::any_of(list, [&](const auto& each) { return text(each) == part; });
}
constexpr auto name_of = [](auto value) { return name(value); };
constexpr auto digits_of = [](auto number) { return std::to_string(number); };
constexpr auto own_name = [](const auto& item) { return item->name; };

// --- Rows

void read_tensor(Sweep& sweep, const IdParts& parts) {
  if (const auto tensor = parts.find("tensor"))
    sweep.tensors = {{.name = std::string(*tensor), .shape = layer_of(parts)}};
}

// Absent for generated weights and for tensors without such text.
template <std::string RealTensor::*kText>
Value text_of(const Case& c) {
  return c.tensor && !((*c.tensor).*kText).empty() ? Value{(*c.tensor).*kText} : kNone;
}

const std::vector<Axis> kAxes = {
    {.name = "suite",
     .option = "--suite",
     .policy = "suites",
     .help = "roundtrip (error of the weights), quantize, dequantize, gemv, gemm, batch (a sweep "
             "of m), decode (a model's tokens/s), qlora, qlora-backward (with adapters)",
     .parse =
         [](const Axis& axis, Sweep& sweep, const std::string& text, Kernels) {
           const Names names =
               names_of(all_suites(), [](const Suite& suite) { return suite.name; });
           sweep.suites = lookup<const Suite*>(axis, text, names, find_suite);
         },
     .vary = vary_suites,
     .nesting = 1,
     .read =
         [](Sweep& sweep, const IdParts& parts) {
           if (parts.text("") == "model")
             throw std::invalid_argument(
                 "rows of model/ are those of a whole network: qbench model CHECKPOINT "
                 "--layers all makes them anew");
           sweep.suites = {known("suite", parts.text(""), find_suite(parts.text("")))};
         },
     .allows = [](const Sweep& s, const IdParts& p) { return has(s.suites, p.text(""), own_name); },
     .fields = {{"suite", [](const Case& c) -> Value { return std::string(c.suite->name); }},
                {"op", [](const Case& c) -> Value { return std::string(c.operation().name); }}}},
    {.name = "mode",
     .option = kModesOption,
     .policy = "modes",
     .of_layers = true,
     .judged = "all",
     .help =
         "Names, families, sets (4bit, common, all), globs ('mxfp4*'); default: common (gates, ab: "
         "all); bf16 is added",
     .parse = [](const Axis& axis, Sweep& s, const std::string& t,
                 Kernels) { set_modes(axis, s, t); },
     .vary = vary_modes,
     .nesting = 7,
     .read = [](Sweep& sweep, const IdParts& parts) { sweep.modes = {mode_of(parts)}; },
     .allows = [](const Sweep& s,
                  const IdParts& p) { return has(s.modes, p.text("mode"), own_name); },
     .fields = {{"mode", [](const Case& c) -> Value { return std::string(c.mode->name); }, "mode",
                 1, nullptr, mode_makes}}},
    {.name = "block size",
     .option = kBlockSizesOption,
     .policy = "block_sizes",
     .of_layers = true,
     .help = "Weights that share a scale, or row or tensor; default: the mode's own",
     .parse = [](const Axis& axis, Sweep& sweep, const std::string& text,
                 Kernels) { sweep.block_sizes = block_sizes_of(axis, text); },
     .vary = vary_block_sizes,
     .nesting = 8,
     .read =
         [](Sweep& sweep, const IdParts& parts) {
           if (const auto size = parts.find("bs")) sweep.block_sizes = {block_size_of(*size)};
         },
     .allows = [](const Sweep& s,
                  const IdParts& p) { return has(s.block_sizes, p.text("bs"), block_size_name); },
     .applies = has_blocks,
     .other = mode_name,
     .why = "it has no choice of blocks",
     .fields = {{"block_size", [](const Case& c) { return size_of(c.block_size); }, "bs", 5,
                 nullptr, makes_codes, block_part},
                {"granularity", granularity_of}}},
    {.name = "dtype",
     .option = "--dtypes",
     .policy = "dtypes",
     .help = "fp32, fp16, bf16: of a product's activations and results; default: the mode's own",
     .parse = parse_names<&Sweep::dtypes, kDtypeNames>,
     .vary = vary_dtypes,
     .nesting = 9,
     .read = [](Sweep& s,
                const IdParts& p) { read_name<&Sweep::dtypes, kDtypeNames>(s, p, "dtype"); },
     .allows = [](const Sweep& s,
                  const IdParts& p) { return has(s.dtypes, p.text("dtype"), name_of); },
     .applies = has_dtype,
     .other = suite_name,
     .why = "it has no activations or results of a type",
     .fields = {{"dtype", [](const Case& c) -> Value { return std::string(name(c.dtype)); },
                 "dtype", 4, has_dtype, dtype_makes}}},
    {.name = "shape",
     .option = "--shapes",
     .policy = "shapes",
     .help = "MxNxK, NxK (m: that of --m) or a model's name; default: llama-2-7b",
     .parse = [](const Axis& axis, Sweep& s, const std::string& t,
                 Kernels) { set_shapes(axis, s, t); },
     .vary = vary_weights,
     .nesting = 3,
     .read =
         [](Sweep& sweep, const IdParts& parts) {
           if (const auto model = parts.find("model"))
             return add_model(sweep, *known("model", *model, find_model(*model)));
           const Layer layer = layer_of(parts);
           sweep.shapes = {{0, layer.n, layer.k}};
         },
     .allows = has_shape,
     .fields = {{"model", model_name, "model", 7},
                {"n", [](const Case& c) { return size_of(c.shape.n); }, "n", 8, nullptr,
                 makes_weights},
                {"k", [](const Case& c) { return size_of(c.shape.k); }, "k", 9, nullptr,
                 [](const Case&, Made made) { return made != codes; }}}},
    {.name = "m",
     .option = "--m",
     .policy = "m",
     .of_activations = true,
     .help = "Tokens of a product (of decode: the batch), for shapes without an m; default: the "
             "suite's own",
     .parse = [](const Axis& axis, Sweep& s, const std::string& t, Kernels) { set_m(axis, s, t); },
     .vary = vary_m,
     .nesting = 5,
     .read =
         [](Sweep& sweep, const IdParts& parts) {
           if (parts.find("m")) sweep.m = {number_of<std::int64_t>(parts, "m")};
         },
     .allows = [](const Sweep& s, const IdParts& p) { return has(s.m, p.text("m"), digits_of); },
     .applies = has_m,
     .other = suite_name,
     .why = "it has no tokens",
     .fields = {{"m", [](const Case& c) { return size_of(c.shape.m); }, "m", 6, nullptr, makes_x}}},
    {.name = "adapter rank",
     .option = "--lora-rank",
     .policy = "lora_rank",
     .help = "Of the adapters of qlora and qlora-backward; default: 64, as QLoRA trains",
     .parse = [](const Axis& axis, Sweep& sweep, const std::string& text,
                 Kernels) { sweep.ranks = ranks_of(axis, text); },
     .vary = vary_ranks,
     .nesting = 6,
     .read =
         [](Sweep& sweep, const IdParts& parts) {
           if (const std::int64_t rank = rank_of(parts)) sweep.ranks = {rank};
         },
     .allows = [](const Sweep& s,
                  const IdParts& p) { return has(s.ranks, p.text("rank"), digits_of); },
     .applies = has_adapter,
     .other = suite_name,
     .why = "it has no adapter",
     .fields = {{"lora_rank", [](const Case& c) { return size_of(c.rank); }, "rank", 10, nullptr,
                 makes_x},
                {"lora_alpha", lora_alpha}}},
    {.name = "input",
     .option = "--inputs",
     .policy = "inputs",
     .of_activations = true,
     .help =
         "normal (default), student-t, uniform, outliers, boundaries (of codes), scales, specials",
     .parse = parse_names<&Sweep::inputs, kInputNames>,
     .vary = vary_inputs,
     .nesting = 4,
     .read = [](Sweep& s,
                const IdParts& p) { read_name<&Sweep::inputs, kInputNames>(s, p, "input"); },
     .allows = [](const Sweep& s,
                  const IdParts& p) { return has(s.inputs, p.text("input"), name_of); },
     .applies = [](const Case& c) { return c.uses_input(); },
     .other = input_name,
     .why = "nothing is generated",
     .fields =
         {{"input",
           [](const Case& c)
               -> Value { return c.uses_input() ? Value{std::string(name(c.input))} : kNone; },
           "input", 11, nullptr, generated}}},
    {.name = "tensor",
     .read = read_tensor,
     .fields = {{"tensor", tensor_name, "tensor", 13, nullptr, makes_weights},
                {"weights", text_of<&RealTensor::file>},
                {"layout", text_of<&RealTensor::layout>},
                {"slices", slices},
                {"not_in_totals", text_of<&RealTensor::not_in_totals>},
                {"stored_as", text_of<&RealTensor::stored_as>},
                {"against", text_of<&RealTensor::against>}}},
    {.name = "kernel",
     .option = kKernelsOption,
     .policy = "kernels",
     .heading = Heading::with_what,
     .help = "Which implementations; default: all",
     .parse =
         [](const Axis& axis, Sweep& sweep, const std::string& text, Kernels kernels) {
           const Names names = names_of(kernels, [](const Kernel& kernel) { return kernel.name; });
           sweep.kernels =
               lookup<std::string>(axis, text, names, [](const auto& name) { return name; });
         },
     .read = [](Sweep& s, const IdParts& p) { s.kernels = {std::string(p.text("kernel"))}; },
     .allows = [](const Sweep& s,
                  const IdParts& p) { return has(s.kernels, p.text("kernel"), std::identity()); },
     .fields =
         {{"kernel",
           [](const Case& c) { return c.kernel ? Value{std::string(c.kernel->name)} : kNone; },
           "kernel", 2}}},
    {.name = "device",
     .option = kDeviceOption,
     .policy = "devices",
     .heading = Heading::with_what,
     .help = "cpu, cuda:0, emulated (CUDA kernels, untimed) or auto (default: cpu and GPUs)",
     .parse = [](const Axis& axis, Sweep& s, const std::string& t,
                 Kernels) { set_devices(axis, s, t); },
     .read =
         [](Sweep& s, const IdParts& p) {
           s.devices = {*known("device", p.text("device"), device_of(p))};
         },
     .allows = is_on,
     .fields = {{"device", [](const Case& c) -> Value { return to_text(c.device); }, "device", 3,
                 [](const Case& c) { return c.device != DeviceId{}; }}}},
    {.name = "seed",
     .option = "--seed",
     .policy = "seed",
     .heading = Heading::with_what,
     .is_list = false,
     .of_activations = true,
     .help = "Of the generated inputs; default: 1",
     .parse =
         [](const Axis& axis, Sweep& sweep, const std::string& text, Kernels) {
           if (!text.empty())
             sweep.seed = number(axis.option, text, std::uint64_t{0}, "a whole number below 2^64");
         },
     .vary = vary_seeds,
     .nesting = 2,
     .read = [](Sweep& s, const IdParts& p) { s.seed = number_of<std::uint64_t>(p, "seed"); },
     .allows = [](const Sweep& s, const IdParts& p) { return p.text("seed") == digits_of(s.seed); },
     .applies = is_seeded,
     .other = input_name,
     .why = "nothing random is generated",
     .fields = {{"seed", [](const Case& c) -> Value { return c.seed; }, "seed", 12, nullptr,
                 generated}}},
};

}  // namespace

const std::vector<Axis>& all_axes() { return kAxes; }

}  // namespace qbench
