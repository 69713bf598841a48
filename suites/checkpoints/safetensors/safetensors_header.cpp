// SPDX-License-Identifier: Apache-2.0
// Reads the header event by event, so that repeated keys are seen and unknown content takes no
// memory, however deeply it is nested.
#include "suites/checkpoints/safetensors/safetensors_header.h"

#include <limits>
#include <nlohmann/json.hpp>
#include <set>
#include <stdexcept>
#include <utility>

#include "reports/text/text.h"

namespace qbench {
namespace {

using Json = nlohmann::json;

constexpr std::string_view kFields[] = {"dtype", "shape", "data_offsets"};
constexpr std::string_view kMetadata = "__metadata__";

// {NAME: {"dtype": string, "shape": [numbers], "data_offsets": [numbers]}, ...,
//  "__metadata__": {string: string, ...}}
class HeaderReader final : public nlohmann::json_sax<Json> {
 public:
  std::vector<HeaderEntry> take() { return std::move(entries_); }

  bool null() override { unexpected("null"); }
  bool boolean(bool value) override { unexpected(value ? "true" : "false"); }
  bool number_integer(std::int64_t) override { unexpected("a negative number"); }
  bool number_float(double, const std::string& text) override { unexpected(in_quotes(text)); }
  bool binary(Json::binary_t&) override { unexpected("binary data"); }

  bool number_unsigned(std::uint64_t value) override {
    if (place_ != Place::numbers || value > std::numeric_limits<std::int64_t>::max())
      unexpected(std::to_string(value));
    numbers().push_back(static_cast<std::int64_t>(value));
    return true;
  }

  bool string(std::string& text) override {
    if (place_ == Place::tensor && field_ == "dtype")
      entry_.dtype = text;
    else if (place_ != Place::metadata)
      unexpected("the string " + in_quotes(text));
    return true;
  }

  bool start_object(std::size_t) override {
    if (place_ == Place::outside)
      place_ = Place::header;
    else if (place_ == Place::header)
      place_ = name_ == kMetadata ? Place::metadata : Place::tensor;
    else
      unexpected("an object (nested too deeply)");
    return true;
  }

  bool key(std::string& text) override {
    if (place_ == Place::tensor) {
      start_field(text);
    } else {
      std::set<std::string>& keys = place_ == Place::header ? names_ : metadata_keys_;
      std::string& current = place_ == Place::header ? name_ : metadata_key_;
      current = text;
      if (!keys.insert(text).second)
        fail((place_ == Place::metadata ? "__metadata__: " : "") +
             ("duplicate key " + in_quotes(text)));
    }
    return true;
  }

  bool end_object() override {
    if (place_ == Place::tensor) finish_tensor();
    place_ = place_ == Place::header ? Place::outside : Place::header;
    return true;
  }

  bool start_array(std::size_t) override {
    if (place_ == Place::numbers) unexpected("a list (nested too deeply)");
    if (place_ != Place::tensor || field_ == "dtype") unexpected("a list");
    place_ = Place::numbers;
    return true;
  }

  bool end_array() override {
    place_ = Place::tensor;
    return true;
  }

  bool parse_error(std::size_t position, const std::string&,
                   const nlohmann::detail::exception& error) override {
    fail("the header is not valid JSON at its byte " + std::to_string(position) + ": " +
         json_problem(error.what()));
  }

 private:
  enum class Place { outside, header, metadata, tensor, numbers };

  [[noreturn]] static void fail(const std::string& message) { throw std::runtime_error(message); }
  [[noreturn]] void fail_tensor(const std::string& message) const {
    fail("tensor " + in_quotes(name_) + ": " + message);
  }

  [[noreturn]] void unexpected(const std::string& found) const {
    if (place_ == Place::metadata)
      fail("__metadata__: " + in_quotes(metadata_key_) + " must be a string, not " + found);
    if (name_ == kMetadata) fail("__metadata__: must be an object of strings, not " + found);
    if (place_ == Place::header) fail_tensor("must be an object, not " + found);
    if (field_ == "dtype") fail_tensor("dtype must be a string, not " + found);
    fail_tensor(field_ + " must be a list of whole numbers from 0 to 2^63 - 1, not " +
                (place_ == Place::numbers ? "hold " : "") + found);
  }

  std::vector<std::int64_t>& numbers() {
    return field_ == "shape" ? entry_.shape : entry_.data_offsets;
  }

  void start_field(const std::string& field) {
    bool known = false;
    for (const std::string_view name : kFields) known = known || name == field;
    if (!known) fail_tensor("unknown field " + in_quotes(field));
    if (!fields_.insert(field).second) fail_tensor("duplicate field " + in_quotes(field));
    field_ = field;
  }

  void finish_tensor() {
    for (const std::string_view field : kFields)
      if (!fields_.contains(std::string(field))) fail_tensor("no field " + in_quotes(field));
    if (entry_.data_offsets.size() != 2) fail_tensor("data_offsets must be two numbers");
    entry_.name = name_;
    entries_.push_back(std::exchange(entry_, {}));
    fields_.clear();
  }

  Place place_ = Place::outside;
  std::string name_;          // the current key of the header
  std::string metadata_key_;  // the current key of __metadata__
  std::string field_;         // the current field of a tensor
  std::set<std::string> names_, metadata_keys_, fields_;
  HeaderEntry entry_;
  std::vector<HeaderEntry> entries_;
};

}  // namespace

std::vector<HeaderEntry> parse_safetensors_header(std::string_view json) {
  if (!json.starts_with('{')) throw std::runtime_error("the header does not start with '{'");
  // The format pads with spaces. The JSON library would also accept other white space, or a zero
  // byte as the end.
  if (json.find('\0') != json.npos) throw std::runtime_error("the header holds a zero byte");
  const std::size_t end = json.find_last_not_of(' ') + 1;
  if (json[end - 1] != '}')
    throw std::runtime_error(
        "the header does not end with '}' and spaces: cut off or followed by garbage");
  HeaderReader reader;
  Json::sax_parse(json.begin(), json.begin() + end, &reader);
  return reader.take();
}

std::string json_problem(std::string_view what) {
  const std::size_t column = what.find("column ");
  const std::size_t colon = what.find(": ", column == what.npos ? 0 : column);
  if (colon != what.npos) what.remove_prefix(colon + 2);
  return std::string(what.substr(0, what.find("; last read")));
}

}  // namespace qbench
