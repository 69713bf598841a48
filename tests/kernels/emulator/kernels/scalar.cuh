// SPDX-License-Identifier: Apache-2.0
// Scalar instructions whose every result is defined: constants that the same source must give on
// both devices.
#pragma once

#include "kernels/emulator/simt.h"

namespace qbench::QBENCH_SIMT_DEVICE {

__global__ void scalars(const uint4* in, unsigned* out) {
  const uint4 v = ptx::ld_stream_128(in);
  out[0] = ptx::lop3<0xca>(v.x, v.y, v.z);  // x ? y : z
  out[1] = ptx::lop3<0x96>(v.x, v.y, v.z);  // x ^ y ^ z
  out[2] = __byte_perm(v.x, v.y, 0x3715);
  out[3] = __byte_perm(v.x, v.y, 0xb80f);
  out[4] = static_cast<unsigned>(__dp4a(static_cast<int>(v.x), static_cast<int>(v.y), -5));
  out[5] = static_cast<unsigned>(__popc(v.x) + 100 * __clz(1 << 20) + 10000 * __ffs(8));
  out[6] = __float_as_uint(__frcp_rn(__uint_as_float(0x40400000)));
  out[7] = static_cast<unsigned>(__float2int_rn(2.5f) + 10 * __float2int_rn(3.5f));
  out[8] = __float_as_uint(__fmaf_rn(__uint_as_float(v.w), __uint_as_float(v.w), -0x1.000004p0f));
  out[9] = __funnelshift_r(v.x, v.y, 12);
  out[10] = static_cast<unsigned>(min(3, -4) + 10 * max(3, -4));
}

inline bool scalars_right(Device& device) {
  const unsigned x = 0x80c1f203, y = 0x7f10e4a5, z = 0x12345678, w = 0x3f800001;
  const DeviceBuffer<uint4> in(device, std::vector<uint4>{make_uint4(x, y, z, w)});
  const DeviceBuffer<unsigned> out(device, 11);
  launch(device, {}, scalars, in.data(), out.data());
  const int dot = -128 * 127 + -63 * 16 + -14 * -28 + 3 * -91 - 5;
  const std::vector<unsigned> expected = {(x & y) | (~x & z),
                                          x ^ y ^ z,
                                          0x807ff2e4,
                                          0xff000300,
                                          static_cast<unsigned>(dot),
                                          11 + 100 * 11 + 10000 * 4,
                                          0x3eaaaaab,
                                          2 + 10 * 4,
                                          0x28800000,
                                          y << 20 | x >> 12,
                                          26};
  return out.to_host() == expected;
}

}  // namespace qbench::QBENCH_SIMT_DEVICE
