// SPDX-License-Identifier: Apache-2.0
// Axis: one dimension of a sweep, described by a row of one table. The command line, policies, ids,
// the record and the keys of cached inputs walk the table.
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

// The parts of an id by their keys: "bs" maps to "64". The suite's key is empty. The tensor is the
// last part, since its name may hold slashes.
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

// A value as the record holds it: absent, text, or a whole number.
using AxisValue = std::variant<std::monostate, std::string, std::int64_t, std::uint64_t>;

// An input that is made for a case and cached while the next case needs the same.
enum class Made { weights, codes, x };

// One of the values by which an axis names a case.
struct AxisField {
  std::string_view name;                       // in the record
  AxisValue (*value)(const Case&);             // absent if the case has no such value
  std::string_view key = {};                   // in an id; empty: ids leave it out
  int place = 0;                               // position in an id among the other fields
  bool (*in_id)(const Case&) = nullptr;        // true if ids have it; nullptr: if it has a value
  bool (*makes)(const Case&, Made) = nullptr;  // true if the input depends on it; nullptr: never
  AxisValue (*part)(const Case&) = nullptr;    // what ids have in place of the value; nullptr: it
};

// Options that code asks for by name.
inline constexpr std::string_view kModesOption = "--modes", kBlockSizesOption = "--block-sizes",
                                  kKernelsOption = "--kernels", kDeviceOption = "--device";

// The heading of an option in the help.
enum class Heading { what_to_measure, with_what };

struct Axis {
  std::string_view name;         // in sentences: "block size"
  std::string_view option = {};  // "--block-sizes"; empty: filled in from --weights
  std::string_view policy = {};  // key of a gate's sweep in a policy: "block_sizes"
  Heading heading = Heading::what_to_measure;
  bool is_list = true;          // takes values separated by commas
  bool of_layers = false;       // the layers of a network are measured at its values too
  bool of_activations = false;  // and so are their inputs
  // The text that verbs that judge read where the option is not given; empty: that of the others.
  std::string_view judged = {};
  std::string_view help = {};
  // Parses the text of the option into the sweep; empty text means that it was not given. Names of
  // kernels are looked up in `kernels`. Throws std::invalid_argument with one line that says what
  // to do.
  void (*parse)(const Axis&, Sweep&, const std::string& text,
                std::span<const Kernel> kernels) = nullptr;
  // Makes a copy of the case for each value of the sweep; nullptr if another axis varies this one
  // too. Axes with a smaller `nesting` vary outside those with a larger one, and kernels and
  // devices within all of them.
  std::vector<Case> (*vary)(const Case&, const Sweep&) = nullptr;
  int nesting = 0;
  // Reads the value in an id into a sweep, as its only value. Throws std::invalid_argument.
  void (*read)(Sweep&, const IdParts&) = nullptr;
  // True if a case with that id has one of the values of the sweep.
  bool (*allows)(const Sweep&, const IdParts&) = nullptr;
  // True if the option affects a case (nullptr: it affects every case); otherwise the kind of case,
  // as in "roundtrip", and the reason.
  bool (*applies)(const Case&) = nullptr;
  std::string (*other)(const Case&) = nullptr;
  std::string_view why = {};
  std::vector<AxisField> fields;
};

// In the order in which the command line shows their options.
const std::vector<Axis>& all_axes();

// Case::id and its inverse for any table of axes.
std::string id_of(const Case& c, std::span<const Axis> axes);
Sweep sweep_of(std::string_view id, std::span<const Axis> axes);

// The values that an input of a case depends on, as text. Equal texts mean equal inputs.
std::string made_from(const Case& c, Made made);

}  // namespace qbench
