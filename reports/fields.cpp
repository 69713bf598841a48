// SPDX-License-Identifier: Apache-2.0
// The table of fields.
#include "reports/fields.h"

#include <algorithm>
#include <cmath>
#include <stdexcept>
#include <type_traits>

namespace qbench {
namespace {

Value to_value(const std::string& text) {
  return text.empty() ? Value{} : Value{std::string_view{text}};
}
Value to_value(Status status) { return std::string_view{kStatusNames[static_cast<int>(status)]}; }
Value to_value(std::uint64_t number) { return number; }
Value to_value(int threads) { return threads > 0 ? Value{std::int64_t{threads}} : Value{}; }
Value to_value(std::optional<std::int64_t> number) { return number ? Value{*number} : Value{}; }
Value to_value(std::optional<double> figure) {
  return figure && std::isfinite(*figure) ? Value{*figure} : Value{};
}

template <auto Member>
Value get(const Result& result) {
  return to_value(result.*Member);
}

template <class T>
T number(const Value& value) {
  return std::visit(
      [](auto held) -> T {
        if constexpr (std::is_arithmetic_v<decltype(held)>) return static_cast<T>(held);
        throw std::invalid_argument("not a number");
      },
      value);
}

void from_value(std::string& text, const Value& value) {
  const auto* held = std::get_if<std::string_view>(&value);
  if (held == nullptr) throw std::invalid_argument("not a text");
  text = *held;
}
void from_value(Status& status, const Value& value) {
  std::string text;
  from_value(text, value);
  const auto known = std::ranges::find(kStatusNames, text);
  if (known == std::end(kStatusNames)) throw std::invalid_argument("unknown status " + text);
  status = static_cast<Status>(known - std::begin(kStatusNames));
}
void from_value(std::uint64_t& figure, const Value& value) {
  figure = number<std::uint64_t>(value);
}
void from_value(int& figure, const Value& value) { figure = number<int>(value); }
template <class T>
void from_value(std::optional<T>& figure, const Value& value) {
  figure = number<T>(value);
}

template <auto Member>
void set(Result& result, const Value& value) {
  from_value(result.*Member, value);
}

template <auto Member>
constexpr Field field(std::string_view name, Role role = Role::none) {
  return {name, role, get<Member>, set<Member>};
}

constexpr Field kFields[] = {
    field<&Result::id>("case"),
    field<&Result::suite>("suite", Role::suite),
    field<&Result::op>("op", Role::run),
    field<&Result::mode>("mode", Role::row),
    field<&Result::kernel>("kernel", Role::row),
    field<&Result::device>("device", Role::row),
    field<&Result::dtype>("dtype", Role::row),
    field<&Result::block_size>("block_size", Role::row),
    field<&Result::granularity>("granularity", Role::row),
    field<&Result::m>("m", Role::condition),
    field<&Result::n>("n", Role::weights),
    field<&Result::k>("k", Role::weights),
    field<&Result::input>("input", Role::condition),
    field<&Result::tensor>("tensor", Role::weights),
    field<&Result::seed>("seed", Role::run),
    field<&Result::threads>("threads", Role::run),
    field<&Result::status>("status"),
    field<&Result::reason>("reason"),
    field<&Result::weight_nmse>("weight_nmse"),
    field<&Result::weight_sqnr_db>("weight_sqnr_db"),
    field<&Result::weight_max_error>("weight_max_error"),
    field<&Result::bound_gap_db>("bound_gap_db"),
    field<&Result::output_nmse>("output_nmse"),
    field<&Result::output_sqnr_db>("output_sqnr_db"),
    field<&Result::kernel_error>("kernel_error"),
    field<&Result::bits_per_param>("bits_per_param"),
    field<&Result::weight_bytes>("weight_bytes"),
    field<&Result::scale_bytes>("scale_bytes"),
    field<&Result::peak_bytes>("peak_bytes"),
    field<&Result::seconds>("seconds"),
    field<&Result::seconds_min>("seconds_min"),
    field<&Result::seconds_q1>("seconds_q1"),
    field<&Result::seconds_q3>("seconds_q3"),
    field<&Result::samples>("samples"),
    field<&Result::cycles>("cycles"),
    field<&Result::instructions>("instructions"),
    field<&Result::discarded_samples>("discarded_samples"),
    field<&Result::clock_hz>("clock_hz"),
    field<&Result::power_w>("power_w"),
    field<&Result::cache>("cache"),
    field<&Result::bytes>("bytes"),
    field<&Result::flops>("flops"),
    field<&Result::bytes_per_second>("bytes_per_second"),
    field<&Result::flops_per_second>("flops_per_second"),
    field<&Result::roofline_fraction>("roofline_fraction"),
    field<&Result::speedup>("speedup"),
    field<&Result::noise>("noise"),
    field<&Result::cpu_seconds>("cpu_seconds"),
    field<&Result::weights>("weights", Role::weights),
    field<&Result::layout>("layout"),
    field<&Result::slices>("slices"),
    field<&Result::not_in_totals>("not_in_totals"),
    field<&Result::kurtosis>("kurtosis"),
    field<&Result::outlier_share>("outlier_share"),
    field<&Result::model>("model", Role::weights),
    field<&Result::tokens_per_second>("tokens_per_second"),
    field<&Result::stored_as>("stored_as"),
    field<&Result::against>("against", Role::weights),
    field<&Result::lora_rank>("lora_rank", Role::condition),
    field<&Result::adapter_bytes>("adapter_bytes"),
    field<&Result::gradient_bytes>("gradient_bytes"),
    field<&Result::lora_alpha>("lora_alpha", Role::run),
};

}  // namespace

std::span<const Field> result_fields() { return kFields; }

bool agree(const Result& a, const Result& b, std::initializer_list<Role> roles) {
  return std::ranges::all_of(kFields, [&](const Field& field) {
    return std::ranges::find(roles, field.role) == roles.end() || field.value(a) == field.value(b);
  });
}

void copy_fields(Result& to, const Result& from, std::initializer_list<Role> roles) {
  for (const Field& field : kFields)
    if (std::ranges::find(roles, field.role) != roles.end())
      set_field(to, field.name, field.value(from));
}

void set_field(Result& result, std::string_view name, const Value& value) {
  if (std::holds_alternative<std::monostate>(value)) return;
  const auto field = std::ranges::find(kFields, name, &Field::name);
  if (field == std::end(kFields))
    throw std::invalid_argument("the record has no field " + std::string(name));
  field->set(result, value);
}

}  // namespace qbench
