// SPDX-License-Identifier: Apache-2.0
// The table of fields.
#include "reports/fields.h"

#include <cmath>

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

constexpr Field kFields[] = {
    {"case", get<&Result::id>},
    {"suite", get<&Result::suite>},
    {"op", get<&Result::op>},
    {"mode", get<&Result::mode>},
    {"kernel", get<&Result::kernel>},
    {"device", get<&Result::device>},
    {"dtype", get<&Result::dtype>},
    {"block_size", get<&Result::block_size>},
    {"m", get<&Result::m>},
    {"n", get<&Result::n>},
    {"k", get<&Result::k>},
    {"input", get<&Result::input>},
    {"tensor", get<&Result::tensor>},
    {"seed", get<&Result::seed>},
    {"threads", get<&Result::threads>},
    {"status", get<&Result::status>},
    {"reason", get<&Result::reason>},
    {"weight_nmse", get<&Result::weight_nmse>},
    {"weight_sqnr_db", get<&Result::weight_sqnr_db>},
    {"weight_max_error", get<&Result::weight_max_error>},
    {"bound_gap_db", get<&Result::bound_gap_db>},
    {"output_nmse", get<&Result::output_nmse>},
    {"output_sqnr_db", get<&Result::output_sqnr_db>},
    {"kernel_error", get<&Result::kernel_error>},
    {"bits_per_param", get<&Result::bits_per_param>},
    {"weight_bytes", get<&Result::weight_bytes>},
    {"scale_bytes", get<&Result::scale_bytes>},
    {"peak_bytes", get<&Result::peak_bytes>},
    {"seconds", get<&Result::seconds>},
    {"seconds_min", get<&Result::seconds_min>},
    {"seconds_q1", get<&Result::seconds_q1>},
    {"seconds_q3", get<&Result::seconds_q3>},
    {"samples", get<&Result::samples>},
    {"cycles", get<&Result::cycles>},
    {"discarded_samples", get<&Result::discarded_samples>},
    {"clock_hz", get<&Result::clock_hz>},
    {"power_w", get<&Result::power_w>},
    {"cache", get<&Result::cache>},
    {"bytes", get<&Result::bytes>},
    {"flops", get<&Result::flops>},
    {"bytes_per_second", get<&Result::bytes_per_second>},
    {"flops_per_second", get<&Result::flops_per_second>},
    {"roofline_fraction", get<&Result::roofline_fraction>},
    {"speedup", get<&Result::speedup>},
};

}  // namespace

std::span<const Field> result_fields() { return kFields; }

}  // namespace qbench
