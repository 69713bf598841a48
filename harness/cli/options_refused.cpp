// SPDX-License-Identifier: Apache-2.0
// Rejects unknown words and options, and options that do not go together.
#include "harness/cli/options_refused.h"

#include <algorithm>
#include <stdexcept>

#include "harness/cli/option_scope.h"
#include "suites/mode_sets.h"
#include "suites/names.h"

namespace qbench {
namespace {

// True for a word that a list may hold: modes, a suite or a model.
bool is_name(const std::string& word) {
  return !find_modes(word).empty() || find_suite(word) || find_model(word);
}

std::vector<std::string> option_names(const CLI::App& app) {
  std::vector<std::string> names;
  for (const CLI::Option* option : app.get_options())
    for (const std::string& name : option->get_lnames()) names.push_back("--" + name);
  return names;
}

// Throws for a word that no option took.
[[noreturn]] void refuse_word(const std::string& word, const std::vector<Subcommand>& subcommands) {
  std::vector<std::string> names;
  for (const Subcommand& sub : subcommands) names.push_back(sub.app->get_name());
  const bool in_subcommand =
      std::ranges::any_of(subcommands, [](const Subcommand& sub) { return sub.app->parsed(); });
  if (in_subcommand || word.find_first_of("0123456789:/.") != word.npos || is_name(word))
    throw std::invalid_argument("unexpected '" + word +
                                "': lists are separated by commas, without spaces");
  throw std::invalid_argument(unknown_name("command", word, names) +
                              " (a sweep needs none: qbench --suite gemm)");
}

}  // namespace

std::vector<std::string> given_options(const CLI::App& app) {
  std::vector<std::string> given;
  for (const CLI::Option* option : app.get_options())
    if (option->count()) given.push_back(option->get_name(false, false));
  return given;
}

std::vector<std::string> repeated_options(const CLI::App& app) {
  std::vector<const CLI::App*> apps = {&app};
  for (const CLI::App* sub : app.get_subcommands()) apps.push_back(sub);
  std::vector<std::string> repeated;
  for (const CLI::App* each : apps)
    for (const CLI::Option* option : each->get_options())
      if (option->count() > 1 &&
          option->get_multi_option_policy() == CLI::MultiOptionPolicy::TakeLast &&
          option->get_expected_max() == 1)
        repeated.push_back(option->get_name(false, false));
  return repeated;
}

const Subcommand* chosen(const std::vector<std::string>& given,
                         const std::vector<Subcommand>& subcommands) {
  const auto sub =
      std::ranges::find_if(subcommands, [](const Subcommand& each) { return each.app->parsed(); });
  if (sub == subcommands.end()) return nullptr;
  check_verb(given, *sub->verb);
  return &*sub;
}

void refuse_extras(const CLI::App& app, const std::vector<Subcommand>& subcommands) {
  const std::vector<std::string> extras = app.remaining(true);
  if (extras.empty()) return;
  if (extras.front().front() != '-') refuse_word(extras.front(), subcommands);
  const std::string option = extras.front().substr(0, extras.front().find('='));
  if (option == "--batch" && chosen({}, subcommands) == nullptr)
    throw std::invalid_argument("--batch: the batch of a sweep is its m: --m 1,8,64");
  std::vector<std::string> known = option_names(app);
  for (const Subcommand& sub : subcommands) {
    const std::vector<std::string> own = option_names(*sub.app);
    if (sub.app->parsed())
      known.insert(known.end(), own.begin(), own.end());
    else if (std::ranges::find(own, option) != own.end())
      throw std::invalid_argument(option + " is an option of " + sub.app->get_name() + ": qbench " +
                                  sub.app->get_name() + " " + option + " ...");
  }
  throw std::invalid_argument(unknown_name("option", option, known));
}

void refuse_empty(const CLI::App& app) {
  for (const CLI::Option* option : app.get_options())
    if (option->get_expected_min() > 0 &&
        std::ranges::any_of(option->results(), &std::string::empty))
      throw std::invalid_argument(option->get_name() +
                                  ": its text is empty: give a value, or leave " +
                                  option->get_name() + " out");
  for (const CLI::App* sub : app.get_subcommands()) refuse_empty(*sub);
}

void refuse_beside_case(const CLI::App& app) {
  if (app.count("--case") == 0) return;
  for (const OptionScope& scope : option_scopes())
    if (scope.in_id && app.count(std::string(scope.option)))
      throw std::invalid_argument("--case names a case whole: leave out " +
                                  std::string(scope.option));
}

}  // namespace qbench
