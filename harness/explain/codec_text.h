// SPDX-License-Identifier: Apache-2.0
// Codecs in words: which numbers codes stand for.
#pragma once

#include <string>

#include "reference/formats/format.h"

namespace qbench {

// The codec of weights, with its levels: "a table of 16 values, by code: -1 -0.6962 ...".
std::string codec_text(const Codec& codec);

// The storage of a scale or a zero point, in short: "8 bits: E4M3 up to 448".
std::string storage_text(const Storage& storage);

// How wide codes are, and how they lie in bytes.
std::string packing_text(const Format& format);

}  // namespace qbench
