// SPDX-License-Identifier: Apache-2.0
// run on kernels that lie, throw or cannot run: a wrong kernel has no speed, and the sweep goes on.
#include "harness/run/run.h"

#include "tests/catch.h"
#include "tests/harness/fakes.h"
#include "tests/harness/run/run_alone.h"

namespace qbench {
namespace {

using namespace test;

constexpr Op kOps[] = {Op::roundtrip, Op::matmul, Op::lora_forward, Op::lora_backward};

void check_wrong(Op op, std::string_view fault) {
  const Kernel kernel = faulty_kernel(reference_kernel(op), find_fault(fault));
  CAPTURE(name(op), fault);
  const Result r = run_alone(small_case(kernel));
  CHECK(r.status == Status::wrong);
  CHECK_FALSE(r.reason.empty());
  CHECK_FALSE(r.seconds.has_value());
  CHECK_FALSE(r.samples.has_value());
  CHECK_FALSE(r.flops_per_second.has_value());
  CHECK_FALSE(r.output_nmse.has_value());
}

}  // namespace

TEST_CASE("the reference passes every operation of every mode") {
  for (const Op op : kOps)
    for (const Mode* mode : all_modes()) {
      const Case c = small_case(reference_kernel(op), std::string(mode->name).c_str());
      const Result r = run_alone(c);
      CAPTURE(r.id, r.reason);
      CHECK(r.status == Status::passed);
      CHECK(r.id == c.id());
      CHECK(r.threads == 3);
      CHECK(r.bits_per_param.value() > 0);
      CHECK(r.weight_nmse.value() >= 0);
      CHECK(r.kernel_error.has_value() == operation(op).has_x);
      CHECK(r.output_nmse.has_value() == operation(op).has_x);
      CHECK(r.adapter_bytes.has_value() == operation(op).has_adapter);
      CHECK(r.gradient_bytes.has_value() == operation(op).makes_gradients);
    }
}

TEST_CASE("an input of which no element can be judged is skipped, with the reason") {
  Case c = small_case(reference_kernel(Op::matmul), "nf4-dq");  // an infinite mean of the absmax
  c.input = Input::specials;
  const Result r = run_alone(c);
  CHECK(r.status == Status::skipped);
  CHECK(r.reason == "nf4-dq: this input proves nothing: the expected output is not finite");
  c.mode = find_mode("nf4");
  CHECK(run_alone(c).status == Status::passed);
}

TEST_CASE("a passed case has its time: 7 samples at least, in order") {
  const Result r = run_alone(small_case(reference_kernel(Op::matmul)));
  CHECK(r.samples.value() == 7);
  CHECK(r.seconds_min.value() > 0);
  CHECK(r.seconds_min.value() <= r.seconds_q1.value());
  CHECK(r.seconds_q1.value() <= r.seconds.value());
  CHECK(r.seconds.value() <= r.seconds_q3.value());
  CHECK(r.flops.value() == 2.0 * 5 * 24 * 192);
  CHECK(r.flops_per_second.value() == r.flops.value() / r.seconds.value());
  CHECK(r.bytes_per_second.value() == r.bytes.value() / r.seconds.value());
}

TEST_CASE("a kernel that lies is wrong, and has no speed") {
  for (const Op op : kOps)
    for (const char* fault : {"zeros", "one-nan", "gain", "one-sign", "last-row", "writes-nothing"})
      check_wrong(op, fault);
}

TEST_CASE("a kernel that is right only at first is wrong, without a time") {
  for (const Op op : kOps)
    for (const char* fault : {"works-once", "adds-up"}) {
      const Kernel kernel = faulty_kernel(reference_kernel(op), find_fault(fault));
      const Result r = run_alone(small_case(kernel));
      CAPTURE(r.id, r.reason);
      CHECK(r.status == Status::wrong);
      CHECK(r.reason.find("right at first, but later ") == 0);
      CHECK_FALSE(r.seconds.has_value());
    }
}

TEST_CASE("a clock that cannot be right is an error, without a time") {
  for (const Op op : kOps)
    for (const char* fault : {"clock-zero", "clock-tenth", "clock-tenfold"}) {
      const Kernel kernel = faulty_kernel(reference_kernel(op), find_fault(fault));
      const Result r = run_alone(small_case(kernel));
      CAPTURE(r.id, r.reason);
      CHECK(r.status == Status::error);
      CHECK(r.reason.find("the kernel's clock shows ") == 0);
      CHECK_FALSE(r.seconds.has_value());
      CHECK_FALSE(r.bytes_per_second.has_value());
    }
}

TEST_CASE("a kernel of a library may do more than it times") {
  Kernel kernel = faulty_kernel(reference_kernel(Op::matmul), find_fault("clock-tenth"));
  kernel.whole = false;
  CHECK(run_alone(small_case(kernel)).status == Status::passed);
}

TEST_CASE("cases of a group take turns, in another order each, after one run that does not count") {
  std::string order;  // of the runs of three kernels, a letter each
  class Lettered : public Trial {
   public:
    Lettered(std::string& runs, char letter, const Problem& problem)
        : runs_(runs), letter_(letter), inner_(reference_kernel(problem.op).prepare(problem)) {}
    double run_once() override {
      runs_ += letter_;
      return inner_->run_once();
    }
    void poison() override { inner_->poison(); }
    const Matrix& output() override { return inner_->output(); }

   private:
    std::string& runs_;
    char letter_;
    std::unique_ptr<Trial> inner_;
  };
  std::vector<Kernel> kernels;
  for (const char letter : {'a', 'b', 'c'}) {
    kernels.push_back(reference_kernel(Op::matmul));
    kernels.back().prepare = [&order, letter](const Problem& problem) {
      return std::make_unique<Lettered>(order, letter, problem);
    };
  }
  std::vector<Case> cases;
  for (const Kernel& kernel : kernels) cases.push_back(small_case(kernel));
  Inputs inputs(nullptr);
  std::string begun;
  const auto results =
      run_group(cases, inputs, kOptions, [&](const Case& c) { begun += c.kernel->name[0]; });
  REQUIRE(results.size() == 3);
  for (const Result& r : results) CHECK((r.status == Status::passed && r.samples == 7));
  CHECK(begun == "rrr");
  // Verified in order; then three turns: 1 + 3, 1 + 3, 1 + 1 runs; then verified once more.
  REQUIRE(order.size() == 3 + 3 * 10 + 3);
  CHECK(order.substr(0, 3) == "abc");
  CHECK(order.substr(33) == "abc");
  std::string turns;  // who ran, each stretch once
  for (const char letter : order.substr(3, 30))
    if (turns.empty() || turns.back() != letter) turns += letter;
  CHECK(turns.size() >= 7);
  CHECK(turns.substr(0, 3) != turns.substr(3, 3));
  for (const char letter : {'a', 'b', 'c'}) CHECK(std::ranges::count(order, letter) == 12);
}

TEST_CASE("one case of a group that fails leaves the others their times") {
  const Kernel lying = faulty_kernel(reference_kernel(Op::matmul), find_fault("clock-tenfold"));
  const Kernel throwing = fake(Op::matmul, prepare<Throwing>);
  const std::vector<Case> cases = {small_case(lying), small_case(reference_kernel(Op::matmul)),
                                   small_case(throwing)};
  Inputs inputs(nullptr);
  const auto results = run_group(cases, inputs, kOptions, [](const Case&) {});
  CHECK(results.at(0).status == Status::error);
  CHECK(results.at(1).status == Status::passed);
  CHECK(results.at(1).seconds.has_value());
  CHECK(results.at(2).reason == "the device has left");
}

TEST_CASE("a group is of one weight matrix, on the CPU, timed, and fits into a quarter of memory") {
  const Kernel& kernel = reference_kernel(Op::matmul);
  std::vector<Case> cases(4, small_case(kernel));
  cases[1].mode = find_mode("int8");
  cases[3].shape.k = 200;
  CHECK(group_size(cases, kOptions) == 3);
  RunOptions tight = kOptions;
  tight.memory_bytes = 4 * (bytes_needed(cases[0]) + bytes_needed(cases[1]));
  CHECK(group_size(cases, tight) == 2);
  tight.memory_bytes = bytes_needed(cases[0]) - 1;
  CHECK(group_size(cases, tight) == 1);
  RunOptions untimed = kOptions;
  untimed.timed = false;
  CHECK(group_size(cases, untimed) == 1);
  Kernel of_device = kernel;
  of_device.device = DeviceKind::cuda;
  cases[1].kernel = &of_device;
  CHECK(group_size(cases, kOptions) == 1);
  CHECK(group_size({cases.begin() + 1, cases.end()}, kOptions) == 1);
  cases[1].kernel = nullptr;
  CHECK(group_size(cases, kOptions) == 1);
}

TEST_CASE("a kernel that throws is an error, and the next case runs") {
  Inputs inputs(nullptr);
  const Kernel throwing = fake(Op::matmul, prepare<Throwing>);
  const Result first = run(small_case(throwing), inputs, kOptions);
  CHECK(first.status == Status::error);
  CHECK(first.reason == "the device has left");
  CHECK_FALSE(first.seconds.has_value());
  const Result next = run(small_case(reference_kernel(Op::matmul)), inputs, kOptions);
  CHECK(next.status == Status::passed);
}

TEST_CASE("a device that runs out of memory skips the row, and the next case runs") {
  Inputs inputs(nullptr);
  const Kernel large = fake(Op::matmul, prepare<TooLarge>);
  const Result first = run(small_case(large), inputs, kOptions);
  CHECK(first.status == Status::skipped);
  CHECK(first.reason == "fake: out of device memory: cudaMalloc of 9 bytes");
  const Result next = run(small_case(reference_kernel(Op::matmul)), inputs, kOptions);
  CHECK(next.status == Status::passed);
}

TEST_CASE("a kernel that cannot run the problem is skipped with its reason, unprepared") {
  prepared = 0;
  Kernel kernel = fake(Op::matmul, prepare_counted);
  kernel.unsupported = unsupported;
  const Result r = run_alone(small_case(kernel));
  CHECK(r.status == Status::skipped);
  CHECK(r.reason == "fake: no tensor cores here");
  CHECK(prepared == 0);
}

TEST_CASE("a case that cannot run at all is skipped with its reason") {
  Case c = small_case(reference_kernel(Op::matmul));
  c.kernel = nullptr;
  c.skip = "no GPU";
  const Result r = run_alone(c);
  CHECK(r.status == Status::skipped);
  CHECK(r.reason == "no GPU");
}

}  // namespace qbench
