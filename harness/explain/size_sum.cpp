// SPDX-License-Identifier: Apache-2.0
// Adds up the codes, the scales of every level and the zero points.
#include "harness/explain/size_sum.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <utility>
#include <vector>

namespace qbench {
namespace {

// One number for each of so many things.
struct Share {
  enum class Of { params, rows, tensor } of;
  std::int64_t count;
};

Share share_of_group(const Format& format, int block_size) {
  switch (format.granularity) {
    case Granularity::block:
    case Granularity::group:
      if (block_size == kWholeRow) return {Share::Of::rows, 1};
      if (block_size == kWholeTensor) return {Share::Of::tensor, 1};
      return {Share::Of::params, block_size};
    case Granularity::tile:
      return {Share::Of::params, std::int64_t{block_size} * format.tile_rows};
    case Granularity::row:
      return {Share::Of::rows, 1};
    case Granularity::tensor:
      break;
  }
  return {Share::Of::tensor, 1};
}

Share share_of_outer(const OuterLevel& outer, const Share& group) {
  if (outer.size == 0 || group.of == Share::Of::tensor) return {Share::Of::tensor, 1};
  return {group.of, group.count * outer.size};
}

class Sum {
 public:
  void add(std::int64_t bits, const Share& share) {
    const double each = static_cast<double>(bits) / static_cast<double>(share.count);
    const std::string ratio =
        share.count == 1 ? fmt::format("{}", bits) : fmt::format("{}/{}", bits, share.count);
    switch (share.of) {
      case Share::Of::params:
        sum_.per_param += each;
        terms_.push_back(ratio);
        break;
      case Share::Of::rows:
        sum_.per_row += each;
        others_.push_back(ratio + " a row");
        break;
      case Share::Of::tensor:
        sum_.per_tensor += each;
        others_.push_back(ratio + " of the tensor");
        break;
    }
  }

  void add(const GroupNumber& number, const Share& group) {
    add(number.storage.bits, group);
    if (!number.outer) return;
    add(number.outer->storage.bits, share_of_outer(*number.outer, group));
    if (number.outer->less_mean) add(32, {Share::Of::tensor, 1});
  }

  void add_order() {
    sum_.per_column = 32;
    others_.push_back("32 a column");
  }

  SizeSum result() && {
    sum_.text = fmt::format("{}", fmt::join(terms_, " + "));
    if (terms_.size() > 1 || sum_.text.find('/') != std::string::npos)
      sum_.text += fmt::format(" = {:.6g}", sum_.per_param);
    for (const std::string& other : others_) sum_.text += ", and " + other;
    return std::move(sum_);
  }

 private:
  SizeSum sum_;
  std::vector<std::string> terms_, others_;
};

}  // namespace

SizeSum size_sum(const Format& format, int block_size) {
  Sum sum;
  if (format.packing == Packing::trits)
    sum.add(8 * kTritRunBytes, {Share::Of::params, kTritRun});
  else
    sum.add(format.bits, {Share::Of::params, format.weights_a_code()});
  if (format.quantized()) {
    const Share group = share_of_group(format, block_size);
    sum.add(format.scale, group);
    if (format.zero != Zero::none) sum.add(format.zero_number, group);
    if (format.ordered) sum.add_order();
  }
  return std::move(sum).result();
}

}  // namespace qbench
