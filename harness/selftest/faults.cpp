// SPDX-License-Identifier: Apache-2.0
// The table of faults. Each is planted where it makes a difference: a NaN or a sign in an element
// that is not zero.
#include "harness/selftest/faults.h"

#include <algorithm>
#include <limits>
#include <stdexcept>
#include <string>

#include "harness/selftest/faulty_trials.h"
#include "harness/selftest/spoil.h"

namespace qbench {
namespace {

using faulty::Made;

// --- Conditions under which faults apply

bool everywhere(Op, const Mode&) { return true; }
bool of_outputs(Op op, const Mode&) { return operation(op).makes_output; }
bool of_products(Op op, const Mode&) { return operation(op).has_x; }
bool of_gradients(Op op, const Mode&) { return operation(op).makes_gradients; }
bool of_nibbles(Op, const Mode& mode) { return mode.format.bits == 4; }
bool of_scales(Op, const Mode& mode) {
  return mode.quantized() && mode.format.granularity != Granularity::tensor;
}
bool of_zeros(Op, const Mode& mode) { return mode.format.zero != Zero::none; }
bool of_means(Op, const Mode& mode) {
  return mode.format.scale.outer && mode.format.scale.outer->less_mean;
}

// --- Kinds of faults

// Spoils the output.
auto output(void (*spoil)(Matrix&)) {
  return [=](const Kernel& kernel, const Problem& problem) {
    return faulty::spoil_results(kernel, problem, {.output = spoil});
  };
}

// Spoils the codes that the kernel makes, or else those that it reads.
auto codes(void (*spoil)(QuantizedMatrix&)) {
  return [=](const Kernel& kernel, const Problem& problem) {
    return operation(problem.op).makes_codes
               ? faulty::spoil_results(kernel, problem, {.codes = spoil})
               : faulty::spoil_operands(kernel, problem, {.quantized = spoil});
  };
}

auto x(void (*spoil)(Matrix&)) {
  return [=](const Kernel& kernel, const Problem& problem) {
    return faulty::spoil_operands(kernel, problem, {.x = spoil});
  };
}

// Spoils the gradient of one of the adapter's matrices.
template <Matrix reference::LoraGradients::*kOf>
Made spoil_gradient(const Kernel& kernel, const Problem& problem) {
  return faulty::spoil_results(kernel, problem, {.gradients = [](reference::LoraGradients& made) {
                                 spoil::one_sign(made.*kOf);
                               }});
}

auto stop(int first) {
  return [=](const Kernel& kernel, const Problem& problem) {
    return faulty::stop(kernel, problem, first);
  };
}

auto clock(double (*reported)(double)) {
  return [=](const Kernel& kernel, const Problem& problem) {
    return faulty::lie(kernel, problem, reported);
  };
}

Made skip_block(const Kernel& kernel, const Problem& problem) {
  return faulty::spoil_results(kernel, problem,
                               {.output = spoil::unwritten_block, .codes = spoil::unwritten_codes});
}

double zero(double) { return 0; }
double negative(double seconds) { return -seconds; }
double no_number(double) { return std::numeric_limits<double>::quiet_NaN(); }
double endless(double) { return std::numeric_limits<double>::infinity(); }
double tenth(double seconds) { return seconds / 10; }
double tenfold(double seconds) { return seconds * 10; }

}  // namespace

const std::vector<Fault>& all_faults() {
  static const std::vector<Fault> faults = {
      {"gain", "outputs are 1.01 times too large", of_outputs, output(spoil::gain)},
      {"one-sign", "one output has the other sign", of_outputs, output(spoil::one_sign)},
      {"all-signs", "outputs have the other sign", of_outputs, output(spoil::all_signs)},
      {"one-nan", "one output is NaN", of_outputs, output(spoil::one_nan)},
      {"zeros", "outputs are zero", of_outputs, output(spoil::zeros)},
      {"transposed", "outputs are column-major", of_outputs, output(spoil::transpose)},
      {"last-row", "the last row of outputs is missing", of_outputs, output(spoil::last_row)},
      {"last-column", "k - 1 products are summed", of_products, x(spoil::last_column)},
      {"one-sign-of-a", "one number of the gradient of A has the other sign", of_gradients,
       spoil_gradient<&reference::LoraGradients::a>},
      {"one-sign-of-b", "one number of the gradient of B has the other sign", of_gradients,
       spoil_gradient<&reference::LoraGradients::b>},
      {"swapped-nibbles", "codes of a byte are swapped", of_nibbles, codes(spoil::nibbles)},
      {"one-bit", "the top bit of one code is flipped", everywhere, codes(spoil::one_bit)},
      {"shifted-scales", "groups have the scale before", of_scales, codes(spoil::shift_scales)},
      {"shifted-zeros", "zero points are two groups off", of_zeros, codes(spoil::shift_zeros)},
      {"no-mean", "the mean of the scales is lost", of_means, codes(spoil::no_mean)},
      {"stale-block", "one block is another's", everywhere, codes(spoil::stale_block)},
      {"skipped-block", "one block is not written", everywhere, skip_block},
      {"writes-nothing", "nothing is written", everywhere, stop(1)},
      {"works-once", "later runs write nothing", everywhere, stop(2)},
      {"fails-later", "later runs fail", everywhere, faulty::fail},
      {"adds-up", "outputs of all runs are added up", of_outputs, faulty::add_up},
      {"clock-zero", "the clock stands still", everywhere, clock(zero)},
      {"clock-negative", "the clock runs backwards", everywhere, clock(negative)},
      {"clock-nan", "the clock tells no number", everywhere, clock(no_number)},
      {"clock-infinite", "the clock never ends", everywhere, clock(endless)},
      {"clock-tenth", "the clock tells a tenth of the time", everywhere, clock(tenth)},
      {"clock-tenfold", "the clock tells ten times the time", everywhere, clock(tenfold)},
  };
  return faults;
}

const Fault& find_fault(std::string_view name) {
  const auto found = std::ranges::find(all_faults(), name, &Fault::name);
  if (found == all_faults().end()) throw std::out_of_range("no fault " + std::string(name));
  return *found;
}

Kernel faulty_kernel(const Kernel& kernel, const Fault& fault) {
  Kernel out = kernel;
  out.name = fault.name;
  out.prepare = [kernel, prepare = fault.prepare](const Problem& problem) {
    return prepare(kernel, problem);
  };
  return out;
}

}  // namespace qbench
