// SPDX-License-Identifier: Apache-2.0
// This file is empty: CMake needs a source to compile precompiled headers with (QbenchFlags.cmake).
