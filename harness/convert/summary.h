// SPDX-License-Identifier: Apache-2.0
// Summary: what a conversion came to, in one line.
#pragma once

#include <cstdint>
#include <map>
#include <string>

#include "harness/convert/conversion.h"

namespace qbench {

class Summary {
 public:
  void add(const Conversion& conversion, const ErrorSums& error);

  // "out: 36 tensors in nf4 (10.62 M parameters), 65 left alone (2 x embedding, 63 x rank 1);
  // 45.426 MB to 29.951 MB; of what was quantized NMSE 0.00842, SQNR 20.75 dB". Bytes are those of
  // all tensors.
  std::string text(const std::string& out, const Target& target, std::int64_t bytes_after) const;

 private:
  std::map<std::string, std::int64_t> modes_, left_;  // tensors by mode, and by why
  std::map<std::string, std::int64_t> rounded_;       // tensors by the dtype that numbers are in
  std::int64_t rounded_before_ = 0;                   // tensors that a container held
  double parameters_ = 0;
  std::int64_t bytes_before_ = 0;
  ErrorSums error_;
};

}  // namespace qbench
