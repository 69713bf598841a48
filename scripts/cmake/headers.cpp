// SPDX-License-Identifier: Apache-2.0
// Nothing: CMake compiles the precompiled headers with a source (QbenchFlags.cmake).
