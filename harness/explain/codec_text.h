// SPDX-License-Identifier: Apache-2.0
// Codecs in words: which numbers codes stand for.
#pragma once

#include <cstddef>
#include <string>

#include "reference/formats/format.h"

namespace qbench {

// The codec of weights, with its levels and where they come from: "16 numbers, by code: -1 ...".
std::string levels_text(const Format& format);

// The storage of a scale or a zero point, in short: "8 bits: E4M3 up to 448".
std::string storage_text(const Storage& storage);

// Its codec alone: "E4M3".
std::string short_name(const Storage& storage);

// How wide codes are, and how they lie in bytes.
std::string packing_text(const Format& format);

// The first byte of the codes, taken apart: "0xcf = 11 001 111, code 0 on the right", or of trits
// "0x42 = 0 + 1*3 + 1*9 + 2*27 + 0*81". No text where its hexadecimal digits show the codes.
std::string first_byte_text(const Format& format, std::byte byte);

}  // namespace qbench
