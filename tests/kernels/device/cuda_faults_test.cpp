// SPDX-License-Identifier: Apache-2.0
// Every reason why CUDA cannot be used says which it is and what to do.
#include "kernels/device/cuda_device.h"
#include "tests/catch.h"

namespace qbench {

TEST_CASE("no driver, no GPU, an old driver and an old device are told apart") {
  const CudaStatus status{.built = true, .runtime = "13.0", .driver = "12.2"};
  const CudaDevice pascal{.name = "P100", .major = 6, .minor = 0};
  CHECK(explain(CudaFault::no_driver, status) == "no GPU: there is no CUDA driver");
  CHECK(explain(CudaFault::no_gpu, status) ==
        "no GPU: the CUDA driver sees none (is CUDA_VISIBLE_DEVICES set?)");
  CHECK(explain(CudaFault::driver_too_old, status) ==
        "driver too old: it serves CUDA 12.2, this build needs 13.0; install a newer driver or "
        "build with an older toolkit");
  CHECK(explain(CudaFault::device_too_old, status, pascal) ==
        "device too old: P100 has compute capability 6.0, for which this build has no kernels; "
        "see CMAKE_CUDA_ARCHITECTURES");
  CHECK(explain(CudaFault::other, status, {}, "unknown error") == "unknown error");
}

TEST_CASE("without any device the status says why, and a usable device silences it") {
  CudaStatus status = cuda_status();
  CHECK(status.devices.empty() == !status.absent.empty());
  status.devices = {{.name = "H200", .major = 9}};
  CHECK(status.unusable().empty());
}

TEST_CASE(
    "where no device is usable the first says why, and one usable is enough wherever it stands") {
  CudaStatus status;
  status.absent = "no driver";
  CHECK(status.unusable() == "no driver");
  status.devices = {{.name = "A", .unusable = "too old"}, {.name = "B", .unusable = "busy"}};
  CHECK(status.unusable() == "too old");
  for (const std::size_t usable : {0, 1}) {
    CudaStatus mixed = status;
    mixed.devices[usable].unusable.clear();
    CHECK(mixed.unusable().empty());
  }
}

}  // namespace qbench
