// SPDX-License-Identifier: Apache-2.0
// The scope of options: the verbs that take each option, and the cases that it affects.
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
  bool in_id = false;  // the id of a case determines it completely
  // True for a case that the option affects; nullptr: it affects every case.
  bool (*applies)(const Case&) = nullptr;
  // The kind of a case that it does not affect, as in "roundtrip", and the reason, as in "has no
  // activations".
  std::string (*other)(const Case&) = nullptr;
  std::string_view why = {};
};

std::span<const OptionScope> option_scopes();
const OptionScope* find_scope(std::string_view option);  // nullptr if there is none

// Throws std::invalid_argument for an option that the verb does not take.
void check_verb(const std::vector<std::string>& given, const VerbRow& verb);

// Throws std::invalid_argument for an option that was given but affects no requested case. Returns
// one line that names the options that affect only some of the cases, or an empty string.
std::string notes_on_options(const Options& options, const std::vector<Case>& cases);

// Throws std::invalid_argument if no case uses a kernel library, or the real weights, that were
// given.
void refuse_unused(const Options& options, const std::vector<Case>& cases);

// Returns notes_on_options after printing it to stderr.
std::string tell_notes(const Options& options, const std::vector<Case>& cases);

}  // namespace qbench
