// SPDX-License-Identifier: Apache-2.0
// CSV: every field of the record, one row per case or total, quoted by RFC 4180.
#include <fmt/format.h>

#include <string>
#include <type_traits>

#include "reports/fields.h"
#include "reports/results/formats.h"
#include "reports/summaries/runs.h"
#include "reports/summaries/totals.h"
#include "reports/text/text.h"

namespace qbench {
namespace {

std::string as_csv(std::string_view text) {
  if (text.find_first_of(",\"\r\n") == text.npos) return std::string(text);
  std::string out = "\"";
  for (const char c : text) out.append(c == '"' ? 2 : 1, c);
  return out + '"';
}

std::string to_text(const Value& value) {
  return std::visit(
      [](auto v) -> std::string {
        if constexpr (std::is_same_v<decltype(v), std::monostate>)
          return {};
        else if constexpr (std::is_same_v<decltype(v), std::string_view>)
          return as_csv(printable(v));
        else
          return fmt::format("{}", v);
      },
      value);
}

template <class Text>
std::string row(Text text) {
  std::string out;
  for (const Field& field : result_fields()) {
    if (&field != result_fields().data()) out += ',';
    out += text(field);
  }
  return out + '\n';
}

}  // namespace

std::string totals_report(const Environment& environment, std::span<const Result> results) {
  return csv_report(environment, totals_of(last_runs(results)));
}

std::string csv_report(const Environment&, std::span<const Result> results) {
  std::string out = row([](const Field& field) { return field.name; });
  for (const Result& result : results)
    out += row([&](const Field& field) { return to_text(field.value(result)); });
  return out;
}

}  // namespace qbench
