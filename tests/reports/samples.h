// SPDX-License-Identifier: Apache-2.0
// A small run as it would come out of the harness, for the tests of reports.
#pragma once

#include <cmath>
#include <optional>
#include <string>
#include <tuple>
#include <vector>

#include "reports/result.h"

namespace qbench::samples {

// Rounded, so that the golden files hold whatever the last digit of a machine's pow.
inline double nmse(double sqnr_db) { return std::round(std::pow(10, -sqnr_db / 10) * 1e9) / 1e9; }

struct Figures {
  double bits, sqnr_db, max_error;
  double seconds;
};

inline Result base(const std::string& mode, std::optional<std::int64_t> block, Figures f,
                   double weights) {
  Result r;
  r.mode = mode;
  r.kernel = "reference";
  r.device = "cpu";
  r.block_size = block;
  r.seed = 1;
  r.threads = 2;
  r.weight_nmse = nmse(f.sqnr_db);
  r.weight_sqnr_db = f.sqnr_db;
  r.weight_max_error = f.max_error;
  r.bits_per_param = f.bits;
  r.bound_gap_db = 6.0206 * f.bits - f.sqnr_db;
  r.weight_bytes = weights * std::floor(f.bits) / 8;
  r.scale_bytes = weights * (f.bits - std::floor(f.bits)) / 8;
  r.peak_bytes = 65536;
  r.seconds = f.seconds;
  r.seconds_min = f.seconds * 0.99;
  r.seconds_q1 = f.seconds * 0.995;
  r.seconds_q3 = f.seconds * 1.015;
  r.samples = 12;
  return r;
}

inline void make_exact(Result& r) {
  r.weight_nmse = 0;
  r.weight_sqnr_db.reset();
  r.bound_gap_db.reset();
  r.weight_max_error = 0;
}

inline Result roundtrip(const std::string& mode, std::optional<std::int64_t> block, Figures f,
                        std::int64_t n, std::int64_t k, const std::string& tensor = "") {
  const double weights = static_cast<double>(n) * static_cast<double>(k);
  Result r = base(mode, block, f, weights);
  const std::string bs = block ? "/bs:" + std::to_string(*block) : "";
  r.id = "roundtrip/mode:" + mode + "/kernel:reference/dtype:fp32" + bs +
         "/n:" + std::to_string(n) + "/k:" + std::to_string(k) +
         (tensor.empty() ? "/input:normal" : "") + "/seed:1" +
         (tensor.empty() ? "" : "/tensor:" + tensor);
  r.suite = r.op = "roundtrip";
  r.dtype = "fp32";
  r.n = n;
  r.k = k;
  r.input = "normal";
  r.tensor = tensor;
  r.bytes = weights * (4 + 4 + f.bits / 8);
  r.bytes_per_second = *r.bytes / f.seconds;
  return r;
}

inline Result gemm(const std::string& mode, std::optional<std::int64_t> block, Figures f,
                   const std::string& dtype) {
  const double weights = 4096.0 * 4096;
  Result r = base(mode, block, f, weights);
  const std::string bs = block ? "/bs:" + std::to_string(*block) : "";
  r.id = "gemm/mode:" + mode + "/kernel:reference/dtype:" + dtype + bs +
         "/m:16/n:4096/k:4096/input:normal/seed:1";
  r.suite = "gemm";
  r.op = "matmul";
  r.dtype = dtype;
  r.m = 16;
  r.n = r.k = 4096;
  r.input = "normal";
  r.output_sqnr_db = f.sqnr_db + 0.004;
  r.output_nmse = nmse(*r.output_sqnr_db);
  r.kernel_error = 0.125;
  r.peak_bytes = 67371008;
  r.flops = 2 * 16 * weights;
  r.bytes = weights * f.bits / 8 + 16 * 4096 * 4;
  r.flops_per_second = *r.flops / f.seconds;
  r.bytes_per_second = *r.bytes / f.seconds;
  return r;
}

// A layer with an adapter of rank 64, forward, or backward with the gradients.
inline Result qlora(Result r, bool backward) {
  const double numbers = 64.0 * 8192;
  r.suite = backward ? "qlora-backward" : "qlora";
  r.op = backward ? "lora-backward" : "lora-forward";
  r.id.replace(0, 4, r.suite);
  r.id.insert(r.id.find("/input"), "/rank:64");
  r.lora_rank = 64;
  r.lora_alpha = 16;
  r.adapter_bytes = 2 * numbers;
  if (backward) r.gradient_bytes = 4 * numbers;
  return r;
}

inline Result failed(Result r, Status status, const std::string& reason) {
  Result out;
  out.id = r.id;
  out.suite = r.suite;
  out.op = r.op;
  out.mode = r.mode;
  out.kernel = r.kernel;
  out.device = r.device;
  out.dtype = r.dtype;
  out.block_size = r.block_size;
  out.m = r.m;
  out.n = r.n;
  out.k = r.k;
  out.input = r.input;
  out.tensor = r.tensor;
  out.seed = r.seed;
  out.status = status;
  out.reason = reason;
  return out;
}

inline Environment environment() {
  return {{"date", "2026-01-02T03:04:05Z"},
          {"host", "bench1"},
          {"cpu", "AMD EPYC 7763 64-Core Processor"},
          {"cores", "2"},
          {"threads", "2"},
          {"instruction_set", "avx2"},
          {"compiler", "GNU 12.2.0"},
          {"revision", "0123abc"},
          {"cuda", "not built"},
          {"seed", "1"}};
}

inline std::vector<Result> generated() {
  Result fp32 = roundtrip("fp32", {}, {32, 150, 0, 0.0041}, 4096, 4096);
  make_exact(fp32);
  std::vector<Result> out{
      roundtrip("bf16", {}, {16, 55.62, 0.00012207, 0.0052}, 4096, 4096),
      fp32,
      roundtrip("nf4", 32, {5, 21.214, 0.00921, 0.0492}, 4096, 4096),
      roundtrip("nf4", 64, {4.5, 20.726, 0.01082, 0.0483}, 4096, 4096),
      roundtrip("nf4-dq", 64, {4.12695503, 20.723, 0.01087, 0.0511}, 4096, 4096),
      roundtrip("int8", {}, {8.0078125, 43.11, 0.00031, 0.0124}, 4096, 4096),
      gemm("bf16", {}, {16, 55.62, 0.00012207, 0.0391}, "bf16"),
      gemm("nf4", 64, {4.5, 20.726, 0.01082, 0.0711}, "bf16"),
      gemm("fp4", 64, {4.5, 18.277, 0.01321, 0.0712}, "bf16"),
      gemm("int8", {}, {8.0078125, 43.11, 0.00031, 0.1038}, "fp16")};
  for (const int block : {48, 96})
    out.push_back(failed(roundtrip("nf4", block, {4.5, 20, 1, 1}, 4096, 4096), Status::skipped,
                         "nf4 at this block size is not defined: take 32 64 128"));
  out.push_back(
      failed(gemm("nf4", 64, {4.5, 20, 1, 1}, "fp16"), Status::skipped, "no CUDA device"));
  out.push_back(failed(gemm("fp4", 128, {4.5, 20, 1, 1}, "bf16"), Status::wrong,
                       "kernel error 3.5 at row 0, column 17: expected 0.25, got 0.5"));
  out.push_back(failed(gemm("int8", {}, {8, 43, 1, 1}, "fp32"), Status::error, "out of memory"));
  return out;
}

inline std::vector<Result> real_weights() {
  std::vector<Result> out;
  for (const auto& [name, n, k, loss] :
       {std::tuple{"encoder.layers.0.self_attention.query_key_value.weight", 512, 128, 0.3},
        std::tuple{"decoder.bias", 1, 128, 1.2}}) {
    out.push_back(roundtrip("bf16", {}, {16, 55.6 - loss, 0.00048, 1e-9 * n * k}, n, k, name));
    out.push_back(roundtrip("nf4", 64, {4.5, 20.7 - loss, 0.0371, 3e-9 * n * k}, n, k, name));
    out.push_back(roundtrip("fp4", 64, {4.5, 18.2 - loss, 0.0452, 4e-9 * n * k}, n, k, name));
  }
  return out;
}

// Products on two devices, by three kernels of three types, of two inputs and two numbers of
// tokens; no two rows have equal figures, and those of a column are up to nine decades apart.
inline std::vector<Result> mixed() {
  struct Place {
    const char *device, *kernel, *dtype;
    double slower;
  };
  struct Row {
    const char* mode;
    std::optional<std::int64_t> block;
    double bits, sqnr_db, slower;
  };
  std::vector<Result> out;
  double step = 1;  // so that all figures differ
  for (const std::int64_t m : {1, 16})
    for (const char* input : {"normal", "outliers"})
      for (const auto& [device, kernel, dtype, slower] : {Place{"cpu", "reference", "fp32", 900},
                                                          {"cuda:0", "gemv", "bf16", 1.7},
                                                          {"cuda:0", "gemv-mma", "fp16", 1}})
        for (const auto& [mode, block, bits, sqnr_db, share] :
             {Row{"bf16", {}, 16, 55.62, 1},
              {"nf4", 64, 4.5, 20.71, 0.34},
              {"nf4", 128, 4.25, 20.1, 0.31},
              {"int8", {}, 8.0078125, 43.1, 0.55}}) {
          step *= 1.07;
          const double m_share = m == 1 ? 0.013 : 1;
          Result r = gemm(mode, block,
                          {bits, sqnr_db - step / 9, 0.0004 * step * step,
                           4.3e-4 * slower * share * m_share * step},
                          dtype);
          std::tie(r.device, r.kernel, r.m, r.input) = std::tuple(device, kernel, m, input);
          r.id = r.suite + "/mode:" + r.mode + "/kernel:" + r.kernel + "/device:" + r.device +
                 "/bs:" + std::to_string(block.value_or(0)) + "/m:" + std::to_string(m) +
                 "/input:" + r.input;
          r.kernel_error = 3e-7 * std::pow(step, 4);
          r.peak_bytes = std::round(700 * std::pow(step, 5));
          r.flops = 2.0 * static_cast<double>(m) * 4096 * 4096;
          r.flops_per_second = *r.flops / *r.seconds;
          r.bytes_per_second = *r.bytes / *r.seconds;
          if (r.device == "cpu") r.cpu_seconds = 1.9 * *r.seconds;
          out.push_back(r);
        }
  out[7].seconds_q3 = 1.4 * *out[7].seconds;
  return out;
}

// Products of three tensors that were taken in three ways, with a norm, on a machine that was busy
// at times; one case failed, some were skipped, one was run twice.
inline std::vector<Result> busy() {
  std::vector<Result> out;
  const auto add = [&](const std::string& mode, double bits, double seconds, Result tensor) {
    const double weights = static_cast<double>(*tensor.n) * static_cast<double>(*tensor.k);
    Result r = base(mode, {}, {bits, 5.1 * bits, 0.5 / bits, seconds}, weights);
    r.suite = "gemv";
    r.op = "matmul";
    r.dtype = "bf16";
    r.m = 1;
    std::tie(r.n, r.k, r.tensor, r.layout) =
        std::tie(tensor.n, tensor.k, tensor.tensor, tensor.layout);
    std::tie(r.slices, r.not_in_totals) = std::tie(tensor.slices, tensor.not_in_totals);
    r.weights = "model.safetensors";
    r.id = "gemv/mode:" + mode + "/tensor:" + r.tensor;
    r.flops = 2 * weights;
    r.flops_per_second = *r.flops / seconds;
    r.cpu_seconds = 1.9 * seconds;
    out.push_back(r);
  };
  const auto tensor = [](const char* name, int n, int k, const char* layout, int slices) {
    Result r;
    std::tie(r.tensor, r.n, r.k, r.layout) = std::tuple(name, n, k, layout);
    if (slices > 1) r.slices = slices;
    return r;
  };
  std::vector<Result> tensors{tensor("层.权重", 512, 256, "stack", 4),
                              tensor("conv\n.weight", 64, 576, "convolution", 1),
                              tensor("", 96, 128, "transposed", 12), tensor("norm", 1, 256, "", 1)};
  tensors.back().not_in_totals = "norm";
  for (const Result& one : tensors) {
    const double seconds = 1e-10 * static_cast<double>(*one.n * *one.k);
    add("bf16", 16, seconds, one);
    add("nf4", 4.5, 2 * seconds, one);
    add("int8", 8, 0.7 * seconds, one);
  }
  out[1].noise = "43 % of 2 threads were on a CPU";
  out[2].seconds_q3 = 1.5 * *out[2].seconds;
  out[5] = failed(out[5], Status::error, "out of memory");
  out[5].weights = out[2].weights;
  for (const char* kernel : {"gemv-mma", "gemv-wide"})
    out.push_back(
        failed(out[0], Status::skipped, kernel + std::string(": k must be a multiple of 32")));
  for (std::size_t i = out.size() - 2; i < out.size(); ++i) {
    out[i].kernel = out[i].reason.substr(0, out[i].reason.find(':'));
    out[i].id += "/kernel:" + out[i].kernel;
  }
  out.push_back(out[0]);
  *out.back().seconds *= 1.001;
  return out;
}

}  // namespace qbench::samples
