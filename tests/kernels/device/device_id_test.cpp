// SPDX-License-Identifier: Apache-2.0
// Devices as text, and back.
#include "kernels/device/device_id.h"

#include "tests/catch.h"

namespace qbench {
namespace {

TEST_CASE("the text of a device leads back to it") {
  for (const DeviceId device :
       {DeviceId{DeviceKind::cpu}, DeviceId{DeviceKind::emulated}, DeviceId{DeviceKind::cuda},
        DeviceId{DeviceKind::cuda, 1}, DeviceId{DeviceKind::cuda, 9999}}) {
    const std::string text = to_text(device);
    CAPTURE(text);
    CHECK(parse_device(text) == device);
  }
  CHECK(to_text({DeviceKind::cpu}) == "cpu");
  CHECK(to_text({DeviceKind::emulated}) == "emulated");
  CHECK(to_text({DeviceKind::cuda, 13}) == "cuda:13");
  CHECK(parse_device("cuda:01") == DeviceId{DeviceKind::cuda, 1});
}

TEST_CASE("text of another form is no device") {
  for (const char* text : {"", "cuda", "cuda:", "cuda:x", "cuda:1x", "cuda:-1", "cuda:12345",
                           "CUDA:0", "cpu:0", "emulated:1", "gpu", "auto"}) {
    CAPTURE(text);
    CHECK_FALSE(parse_device(text).has_value());
  }
}

}  // namespace
}  // namespace qbench
