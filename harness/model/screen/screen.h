// SPDX-License-Identifier: Apache-2.0
// The screen of `qbench model`: a network in every mode, on at most 100 columns and 40 lines.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "harness/model/network/inventory.h"
#include "harness/model/network/network.h"
#include "harness/model/network/network_plan.h"
#include "harness/model/network/token_times.h"

namespace qbench {

inline constexpr std::size_t kScreenWidth = 100, kScreenLines = 40;

struct ScreenContent {
  std::string checkpoint;  // as typed
  const Inventory* inventory;
  const Network* network;
  bool of_gguf = false;  // the names of layers are GGUF's
  Scope scope;
  LayerInput input;
  std::string against = {};  // RealTensor::against
  std::optional<NetworkPlan> plan;
  std::string asked;                                 // "--bits 4.25"
  bool blocks_asked = false;                         // compare modes of equal block sizes
  std::vector<std::optional<TokenTime>> times = {};  // by candidate; empty: not asked for
  std::size_t layers = 0;            // all layers; the network has fewer after an interrupt
  std::size_t width = kScreenWidth;  // columns of text; tables of many columns may have more
};

std::string screen_text(const ScreenContent& content);

// The layers of a network, one a line: shape, distribution, output SQNR in as many modes as `width`
// columns have room for, and what the plan gives it.
std::string layer_list(const ScreenContent& content, std::size_t width);

// "24.61", "exact" or "-", for tables.
std::string decibel_text(double nmse);

}  // namespace qbench
