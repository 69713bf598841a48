// SPDX-License-Identifier: Apache-2.0
// quantize with wide accesses, for scales that are the absmax of blocks of up to 512 weights: a
// thread holds 16 weights, the threads of a block of weights find its absmax by shuffles, and codes
// are found without reading the weights again. Napkin: 2.6 bytes a weight of bf16 and, for nf4, 12
// instructions (conversion, flush, maximum, product, 4 for the code, packing): bound by memory.
#pragma once

#include "kernels/formats/of.cuh"
#include "kernels/formats/wide.cuh"
#include "kernels/quantize/double_quantize.cuh"

namespace qbench::QBENCH_SIMT_DEVICE {

constexpr int kWideBlock = 32 * kStretch;  // weights that share a scale, at most

// How a block of threads finds codes: by the codec's own search, or by its buckets, which it keeps
// in shared memory.
template <class Codec, bool kBucketed>
struct Encoder {
  __device__ unsigned operator()(float x) const { return Codec::encode(x); }
};

constexpr float kBucketRows = 1.5f * 8388608.0f;  // adding it leaves a whole number in the low bits

// The byte offset of the bucket of x in [-1, 1]: x + 1 in 4096ths, without the bits below a bucket
// of 256. The sum is rounded, which is harmless: no threshold lies near the end of a bucket.
__device__ __forceinline__ unsigned bucket_offset(float x) {
  return __float_as_uint(__fmaf_rn(x, 4096.0f, kBucketRows + 4096.0f)) & 0x3f00;
}

template <class Codec>
struct Encoder<Codec, true> {
  const unsigned char* lane_buckets;  // of this lane

  // Makes the table. Called by all threads; ends with a barrier.
  __device__ __forceinline__ Encoder() {
    QBENCH_SHARED(Bucket[kBuckets][32], buckets);
#pragma unroll
    for (unsigned b = threadIdx.x / 32; b < kBuckets; b += kWideThreads / 32)
      buckets[b][threadIdx.x % 32] = Codec::bucket(b);
    __syncthreads();
    lane_buckets = reinterpret_cast<const unsigned char*>(&buckets[0][threadIdx.x % 32]);
  }
  __device__ unsigned operator()(float x) const {
    const float place = Codec::kSignMagnitude ? fabsf(x) : x;
    const unsigned char* const at = lane_buckets + bucket_offset(place);
    profile_shared(at, 8);
    const Bucket found = *reinterpret_cast<const Bucket*>(at);
    const bool above = place > found.threshold;
    if constexpr (!Codec::kSignMagnitude) return found.codes + (above ? 1 : 0);
    // The sign of what was flushed to zero is lost.
    return (above ? found.codes >> 8 : found.codes & 0xff) | (x < 0 ? Codec::kSign : 0);
  }
};

template <class Codec>
constexpr bool kBucketed = [] {
  if constexpr (requires { Codec::kBucketed; })
    return Codec::kBucketed;
  else
    return false;
}();

template <class Mode>
using EncoderOf = Encoder<typename Mode::Codec, kBucketed<typename Mode::Codec>>;

// The codes of a stretch, 8 a word, and the absmax of its block of weights, which the first thread
// of the block stores; weights were multiplied by `per_absmax`. Called by whole warps. Weights that
// are not there are NaN on entry; the one that fills up the last byte has the code of 0. Subnormal
// weights and reciprocals are zeros to the instructions that take them. So are subnormal products,
// which the reference keeps; that changes no code, since no threshold lies so near to 0.
template <class Mode>
__device__ __forceinline__ uint2 quantize_stretch(const EncoderOf<Mode>& encode,
                                                  float (&stretch)[kStretch], std::int64_t first,
                                                  std::int64_t count, int block_size, float* absmax,
                                                  float& per_absmax) {
#pragma unroll
  for (int i = 0; i < kStretch; ++i) stretch[i] = Mode::through(stretch[i]);
  float most = -kLargestFloat;  // stays where nothing is a number
#pragma unroll
  for (int i = 0; i < kStretch; ++i) most = ptx::max_ftz(most, fabsf(stretch[i]));
#pragma unroll
  for (int lanes = 1; lanes < 32; lanes *= 2)
    if (lanes * kStretch < block_size) most = fmaxf(most, __shfl_xor_sync(0xffffffff, most, lanes));
  if (first < count && (first & (block_size - 1)) == 0) absmax[first >> log2_of(block_size)] = most;

  per_absmax = __frcp_rn(most);
  unsigned codes[2] = {};
#pragma unroll
  for (int i = 0; i < kStretch; ++i) {
    const int nibble = Mode::kHighFirst ? i % 8 ^ 1 : i % 8;
    codes[i / 8] |= encode(ptx::mul_ftz(stretch[i], per_absmax)) << (4 * nibble);
  }
  return {codes[0], codes[1]};
}

// The largest blocks of weights of which a block of threads has whole nodes of the tree that sums
// their absmax.
constexpr int kSummedBlock = kWideChunks * kWideChunk / kScaleBlock;

// Grid: a block kWideChunks chunks. `absmax`: one a block of weights, q.scales or what -dq keeps
// aside. `sums`, which is null where blocks are larger than kSummedBlock: the nodes of the first
// level of the tree of all absmax, of -dq.
template <class Mode, class T>
__global__ void __launch_bounds__(kWideThreads)
    quantize_wide(const T* __restrict__ weights, QuantizedView q, float* __restrict__ absmax,
                  double* __restrict__ sums) {
  const EncoderOf<Mode> encode;
  const std::int64_t count = q.rows * q.cols;
  const auto whole = [&](std::int64_t first) {
    float stretch[kStretch], per_absmax;
    load_stretch(weights + first, stretch);
    *reinterpret_cast<uint2*>(q.codes + first / 2) =
        quantize_stretch<Mode>(encode, stretch, first, count, q.block_size, absmax, per_absmax);
  };
  const auto short_one = [&](std::int64_t first) {
    float stretch[kStretch], per_absmax;
#pragma unroll
    for (int i = 0; i < kStretch; ++i)
      stretch[i] = first + i < count ? to_f32(weights[first + i]) : __uint_as_float(0x7fffffff);
    const uint2 codes =
        quantize_stretch<Mode>(encode, stretch, first, count, q.block_size, absmax, per_absmax);
    const unsigned filler = encode(ptx::mul_ftz(0.0f, per_absmax));  // NaN where absmax is 0
    for (std::int64_t i = first; i < min(first + kStretch, count); i += 2) {
      unsigned byte = (i - first < 8 ? codes.x : codes.y) >> (4 * (i % 8)) & 255;
      if (i + 1 == count)
        byte = Mode::kHighFirst ? (byte & 0xf0) | filler : (byte & 15) | filler << 4;
      q.codes[i / 2] = static_cast<std::uint8_t>(byte);
    }
  };
  for_stretches({0, count}, whole, short_one);
  if constexpr (Mode::kOuter == Outer::blocks_less_mean) {
    if (sums == nullptr) return;
    QBENCH_SHARED(double[kScaleBlock], lane);
    const int nodes = kSummedBlock >> log2_of(q.block_size);
    const std::int64_t blocks = (count + q.block_size - 1) >> log2_of(q.block_size);
    for (int i = 0; i < nodes; ++i) {
      __syncthreads();  // absmax are written; lanes of the node before were read
      const std::int64_t node = static_cast<std::int64_t>(blockIdx.x) * nodes + i;
      if (node * kScaleBlock < blocks) sum_node(absmax, sums, node, blocks, lane);
    }
  }
}

}  // namespace qbench::QBENCH_SIMT_DEVICE
