// SPDX-License-Identifier: Apache-2.0
// QuantizationConfig: what the files beside a checkpoint say of how its weights are stored.
#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace qbench {

struct QuantizationConfig {
  // A group of compressed-tensors: settings of the modules that its targets name.
  struct Group {
    std::vector<std::string> targets;  // names, "re:REGEX", or classes such as "Linear"
    std::string format;                // empty: that of the whole
    int bits = 0;                      // 0: not told
    int group_size = 0;                // likewise
    std::vector<std::int64_t> block = {};
  };

  std::string method;  // "gptq", "awq", "compressed-tensors", "modelopt", "fp8", ... in lower case
  // GPTQ's checkpoint_format, AWQ's version, the format of compressed-tensors, or ModelOpt's
  // quant_algo, in lower case; empty where there is none.
  std::string format;
  int bits = 0;                          // 0: not told
  int group_size = 0;                    // 0: not told; -1: a row
  std::vector<std::int64_t> block = {};  // weight_block_size: rows and columns of a tile
  std::vector<Group> groups = {};

  // The group that names the module, else one that names a class, else nullptr.
  const Group* group_of(std::string_view module) const;
  // The tile of the module's weight: two numbers above 0, or none.
  std::vector<std::int64_t> block_of(std::string_view module) const;
  int group_size_of(std::string_view module) const;
  int bits_of(std::string_view module) const;
  // One line that names the layout of the module if it is made for kernels, or otherwise not read;
  // empty if its tensors are to be looked at.
  std::string refused(std::string_view module) const;
};

// Reads a config.json, a quantize_config.json (AutoGPTQ, AutoAWQ) or a hf_quant_config.json
// (ModelOpt). nullptr if it says nothing of quantization. Throws std::runtime_error with one line
// for what is not JSON, and for settings of the wrong type.
std::shared_ptr<const QuantizationConfig> parse_quantization_config(
    std::span<const std::byte> json);

// The files beside weights that may say how these are quantized.
inline constexpr std::string_view kQuantizationConfigs[] = {
    "config.json", "quantize_config.json", "quant_config.json", "hf_quant_config.json"};

// That of the first of these files in the folder which says something; nullptr if none does. Errors
// begin with the file's name.
std::shared_ptr<const QuantizationConfig> quantization_config_in(
    const std::filesystem::path& folder);

}  // namespace qbench
