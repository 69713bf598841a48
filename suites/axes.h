// SPDX-License-Identifier: Apache-2.0
// Axis: one dimension of a sweep, a row of one table. The command line, policies, ids, the record
// and the keys of kept inputs walk the table.
#pragma once

#include <map>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "suites/suite.h"

namespace qbench {

// The parts of an id by their keys: "bs" is "64". The suite's key is empty. The tensor is the last
// part, since its name may hold slashes.
class IdParts {
 public:
  explicit IdParts(std::string_view id);
  std::optional<std::string_view> find(std::string_view key) const;
  std::string_view text(std::string_view key) const { return find(key).value_or(""); }
  // The first part that is not of the form key:value.
  std::optional<std::string_view> malformed() const { return malformed_; }

 private:
  std::map<std::string_view, std::string_view> parts_;
  std::optional<std::string_view> malformed_;
};

// A value as the record holds it: none, text, or a whole number.
using AxisValue = std::variant<std::monostate, std::string, std::int64_t, std::uint64_t>;

// Inputs that are made for a case and kept while the next one needs the same.
enum class Made { weights, codes, x };

// One of the values by which an axis names a case.
struct AxisField {
  std::string_view name;                       // in the record
  AxisValue (*value)(const Case&);             // none: the case has no such value
  std::string_view key = {};                   // of its part of an id; empty: ids leave it out
  int place = 0;                               // of that part among those of other fields
  bool (*in_id)(const Case&) = nullptr;        // nullptr: wherever there is a value
  bool (*makes)(const Case&, Made) = nullptr;  // whether what is made depends on it; nullptr: never
};

// The heading under which the help shows an option.
enum class Heading { what_to_measure, with_what };

struct Axis {
  std::string_view name;  // in sentences: "block size"
  // "--block-sizes"; empty: the harness fills the axis from the files of --weights.
  std::string_view option = {};
  std::string_view policy = {};  // key in the table of a gate's sweep: "block_sizes"
  Heading heading = Heading::what_to_measure;
  bool is_list = true;  // of values, separated by commas
  std::string_view help = {};
  // Text of the option to values of the sweep, of which kernels are some of those given; empty
  // text: the option was not given. Throws std::invalid_argument with one line that says what to
  // do.
  void (*parse)(const Axis&, Sweep&, const std::string& text,
                std::span<const Kernel> kernels) = nullptr;
  // The case at each value of the sweep; nullptr: another axis varies both. The axes are nested in
  // this order, and kernels and devices within them all.
  std::vector<Case> (*vary)(const Case&, const Sweep&) = nullptr;
  int nesting = 0;
  // The value of an id to a sweep of that value alone. Throws std::invalid_argument.
  void (*read)(Sweep&, const IdParts&) = nullptr;
  // True of an id whose value is one of the sweep's.
  bool (*allows)(const Sweep&, const IdParts&) = nullptr;
  // True of cases to which the option makes a difference; nullptr: it does to every one. The others
  // are told as `other` says, "roundtrip", with the reason.
  bool (*applies)(const Case&) = nullptr;
  std::string (*other)(const Case&) = nullptr;
  std::string_view why = {};
  std::vector<AxisField> fields;
};

// In the order in which the command line shows their options.
const std::vector<Axis>& all_axes();

// Case::id and sweep_of by any table of axes.
std::string id_of(const Case& c, std::span<const Axis> axes);
Sweep sweep_of(std::string_view id, std::span<const Axis> axes);

// The values that decide what is made for a case, as a key: equal keys mean equal inputs.
std::string made_from(const Case& c, Made made);

}  // namespace qbench
