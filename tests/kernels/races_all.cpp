// SPDX-License-Identifier: Apache-2.0
// Every kernel of the emulator in one object, which is compiled under ThreadSanitizer in place of
// the library's parts.
#include "kernels/table/device_parts.cuh"
#include "kernels/table/emulated_kernels.cpp"
