# SPDX-License-Identifier: Apache-2.0
# qbench_revision(TARGET): gives a target the header revision.h with version, git revision, build type and flags.
# Every build asks git for the revision, but rewrites the header, and so recompiles, only if it differs.
# The second half of this file is that step: cmake -DSOURCE=.. -DHEADER=.. -D.. -P QbenchRevision.cmake
if(NOT CMAKE_SCRIPT_MODE_FILE)
  set(QBENCH_REVISION_SCRIPT ${CMAKE_CURRENT_LIST_FILE})
  function(qbench_revision target)
    set(folder ${CMAKE_CURRENT_BINARY_DIR}/revision)
    string(TOUPPER "${CMAKE_BUILD_TYPE}" type)
    string(STRIP "${CMAKE_CXX_FLAGS} ${CMAKE_CXX_FLAGS_${type}}" flags)
    add_custom_target(qbench_revision BYPRODUCTS ${folder}/revision.h COMMENT "" VERBATIM
      COMMAND ${CMAKE_COMMAND} -DSOURCE=${CMAKE_SOURCE_DIR} -DHEADER=${folder}/revision.h
        -DVERSION=${PROJECT_VERSION} -DBUILD_TYPE=${CMAKE_BUILD_TYPE} -DFLAGS=${flags} -P ${QBENCH_REVISION_SCRIPT})
    add_dependencies(${target} qbench_revision)
    target_include_directories(${target} PRIVATE ${folder})
  endfunction()
  return()
endif()

set(REVISION unknown)
find_program(GIT git)
if(GIT AND EXISTS ${SOURCE}/.git)
  # safe.directory: the tree may belong to another user, as it does in containers.
  execute_process(COMMAND ${GIT} -c safe.directory=* -C ${SOURCE} describe --always --dirty
    OUTPUT_VARIABLE found OUTPUT_STRIP_TRAILING_WHITESPACE ERROR_QUIET)
  if(found)
    set(REVISION ${found})
  endif()
endif()
string(CONFIGURE [[
#pragma once
#include <string_view>
namespace qbench {
inline constexpr std::string_view kVersion = "@VERSION@";
inline constexpr std::string_view kRevision = "@REVISION@";
inline constexpr std::string_view kBuildType = "@BUILD_TYPE@";
inline constexpr std::string_view kFlags = R"flags(@FLAGS@)flags";
}  // namespace qbench
]] text @ONLY)
set(before "")
if(EXISTS ${HEADER})
  file(READ ${HEADER} before)
endif()
if(NOT before STREQUAL text)
  file(WRITE ${HEADER} "${text}")
endif()
