// SPDX-License-Identifier: Apache-2.0
// Which options go with the same verbs, and to which cases each makes a difference: one table.
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "harness/cli/options.h"

namespace qbench {

struct OptionScope {
  std::string_view option;
  OptionGroup group;
  bool in_id = false;  // the id of a case leaves nothing of it open
  // Whether the option makes a difference to a case; nullptr: to every one.
  bool (*applies)(const Case&) = nullptr;
  // What the other cases have in common, and why: "roundtrip", "has no activations".
  std::string (*other)(const Case&) = nullptr;
  std::string_view why = {};
};

std::span<const OptionScope> option_scopes();
const OptionScope* find_scope(std::string_view option);  // nullptr where there is none

// Throws std::invalid_argument for an option that the verb does not take.
void check_verb(const std::vector<std::string>& given, const VerbRow& verb);

// Throws std::invalid_argument for an option that was given and makes no difference to any case
// that was asked for. Returns, in one line, which make none to some; empty: there are none.
std::string notes_on_options(const Options& options, const std::vector<Case>& cases);

// Throws std::invalid_argument for a library of kernels or real weights that no case is of.
void refuse_unused(const Options& options, const std::vector<Case>& cases);

// The same as notes_on_options, and tells it on stderr.
std::string tell_notes(const Options& options, const std::vector<Case>& cases);

}  // namespace qbench
