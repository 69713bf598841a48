// SPDX-License-Identifier: Apache-2.0
// Reads the policy file with toml++.
#include "harness/gates/policy.h"

#include <fmt/format.h>
#include <toml++/toml.h>

#include <algorithm>
#include <filesystem>
#include <map>
#include <stdexcept>

#include "suites/axes.h"
#include "suites/names.h"

namespace qbench {
namespace {

// The keys of a sweep table and the options that they stand for.
const std::map<std::string, std::string>& sweep_keys() {
  static const std::map<std::string, std::string> keys = [] {
    std::map<std::string, std::string> all = {
        {"filter", "--filter"}, {"threads", "--threads"}, {"weights", "--weights"}};
    for (const Axis& axis : all_axes())
      if (!axis.policy.empty()) all.emplace(axis.policy, axis.option);
    return all;
  }();
  return keys;
}

// A table of the file, all of whose keys must be known.
class Table {
 public:
  Table(const toml::table& table, std::string file, std::string name)
      : table_(table), file_(std::move(file)), name_(std::move(name)) {}

  template <class T>
  std::optional<T> get(const char* key, const char* what) const {
    const toml::node* node = table_.get(key);
    if (!node) return std::nullopt;
    const std::optional<T> value = node->value<T>();
    if (!value) fail(*node, fmt::format("{} is not {}", key, what));
    return value;
  }

  // A fraction in [0, most): 0.05 is 5 %.
  std::optional<double> share(const char* key, double most = 1) const {
    const auto value = get<double>(key, "a number: 0.05 is 5 %");
    if (value && !(*value >= 0 && *value < most))
      fail(*table_.get(key), fmt::format("{} is not below {:g}: 0.05 is 5 %", key, most));
    return value;
  }

  std::optional<double> positive(const char* key, const char* what) const {
    const auto value = get<double>(key, what);
    if (value && !(*value > 0)) fail(*table_.get(key), fmt::format("{} is not above 0", key));
    return value;
  }

  std::optional<Table> table(const char* key) const {
    const toml::node* node = table_.get(key);
    if (!node) return std::nullopt;
    if (!node->is_table()) fail(*node, fmt::format("{0} is not a table: write [{0}]", key));
    return Table(*node->as_table(), file_, name_.empty() ? key : name_ + "." + key);
  }

  // The elements of an array, or a single value, as text.
  Arguments texts(const char* key) const {
    const toml::node* node = table_.get(key);
    if (!node) return {};
    if (!node->is_array()) return {text_of(*node, key)};
    Arguments all;
    for (const toml::node& each : *node->as_array()) all.push_back(text_of(each, key));
    return all;
  }

  Arguments sweep() const {
    Arguments arguments;
    for (const auto& [key, option] : sweep_keys())
      if (const Arguments values = texts(key.c_str()); !values.empty())
        arguments.insert(arguments.end(), {option, fmt::format("{}", fmt::join(values, ","))});
    return arguments;
  }

  // Throws if there is an unknown key.
  void only(std::initializer_list<const char*> keys, bool sweep = false) const {
    std::vector<std::string> known(keys.begin(), keys.end());
    if (sweep)
      for (const auto& [key, option] : sweep_keys()) known.push_back(key);
    for (const auto& [key, node] : table_)
      if (std::ranges::find(known, key.str()) == known.end())
        fail(node, unknown_name(name_.empty() ? "key" : "key of [" + name_ + "]",
                                std::string(key.str()), known));
  }

  [[noreturn]] void fail(const toml::node& node, const std::string& why) const {
    throw std::invalid_argument(fmt::format("{}:{}: {}", file_, node.source().begin.line, why));
  }
  [[noreturn]] void fail(const std::string& why) const { fail(table_, why); }

 private:
  std::string text_of(const toml::node& node, const char* key) const {
    if (const auto text = node.value_exact<std::string>()) return *text;
    if (const auto number = node.value_exact<std::int64_t>()) return fmt::format("{}", *number);
    fail(node, fmt::format("{} is neither text nor a whole number, nor a list of these", key));
  }

  const toml::table& table_;
  std::string file_, name_;
};

Trade trade_of(const Table& gate) {
  Trade trade;
  const auto table = gate.table("trade");
  if (!table) return trade;
  table->only({"sqnr_db", "bits_per_param", "slowest"});
  trade.sqnr_db = table->positive("sqnr_db", "a number of decibels");
  trade.bits_per_param = table->positive("bits_per_param", "a number of bits");
  trade.slowest = table->share("slowest", 100).value_or(trade.slowest);
  return trade;
}

Policy::Errors errors_of(const Table& table) {
  table.only({"ledger"}, true);
  Policy::Errors errors;
  errors.ledger = table.get<std::string>("ledger", "the name of a file").value_or("");
  if (errors.ledger.empty()) table.fail("[errors] names no ledger = \"FILE\"");
  errors.sweep = table.sweep();
  return errors;
}

Policy::Speed speed_of(const Table& table) {
  table.only({"threshold", "trade"}, true);
  Policy::Speed speed;
  speed.allowed.threshold = table.share("threshold");
  speed.allowed.trade = trade_of(table);
  speed.sweep = table.sweep();
  return speed;
}

Policy::Instructions instructions_of(const Table& table) {
  table.only({"threshold", "trade"}, true);
  Policy::Instructions instructions;
  InstructionRule& rule = instructions.rule;
  rule.threshold = table.share("threshold").value_or(rule.threshold);
  rule.trade = trade_of(table);
  instructions.sweep = table.sweep();
  return instructions;
}

Policy::External external_of(const Table& table) {
  table.only({"command"});
  Policy::External external;
  external.command = table.texts("command");
  if (external.command.empty()) table.fail("it names no command = [\"PROGRAM\", ...]");
  return external;
}

bool inconclusive_fails(const Table& table) {
  const auto text = table.get<std::string>("inconclusive", "\"pass\" or \"fail\"");
  if (text && *text != "pass" && *text != "fail")
    table.fail("inconclusive is '" + *text + "': give \"pass\" or \"fail\"");
  return text == "fail";
}

Policy policy_of(const Table& table) {
  table.only({"inconclusive", "errors", "speed", "instructions", "static"});
  Policy policy;
  policy.inconclusive_fails = inconclusive_fails(table);
  if (const auto errors = table.table("errors")) policy.errors = errors_of(*errors);
  if (const auto speed = table.table("speed")) policy.speed = speed_of(*speed);
  if (const auto counts = table.table("instructions"))
    policy.instructions = instructions_of(*counts);
  if (const auto statics = table.table("static")) policy.statics = external_of(*statics);
  if (!policy.errors && !policy.speed && !policy.instructions && !policy.statics)
    table.fail("it names no gate: write [errors], [speed], [instructions] or [static]");
  return policy;
}

}  // namespace

Policy read_policy(const std::string& file) {
  if (!std::filesystem::is_regular_file(file))
    throw std::invalid_argument("cannot read " + file + ": name a policy, as .ci/policy.toml");
  try {
    return policy_of(Table(toml::parse_file(file), file, ""));
  } catch (const toml::parse_error& error) {
    throw std::invalid_argument(
        fmt::format("{}:{}: {}", file, error.source().begin.line, error.description()));
  }
}

}  // namespace qbench
