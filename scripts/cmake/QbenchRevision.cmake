# SPDX-License-Identifier: Apache-2.0
# qbench_revision(TARGET): gives a target the definition of kThisBuild (harness/process/this_build.h).
# Every build asks git for the revision, but rewrites the source, and so recompiles, only if it differs.
# The second half of this file is that step: cmake -DTREE=.. -DSOURCE=.. -D.. -P QbenchRevision.cmake
if(NOT CMAKE_SCRIPT_MODE_FILE)
  set(QBENCH_REVISION_SCRIPT ${CMAKE_CURRENT_LIST_FILE})
  function(qbench_revision target)
    set(source ${CMAKE_CURRENT_BINARY_DIR}/this_build.cpp)
    string(TOUPPER "${CMAKE_BUILD_TYPE}" type)
    string(STRIP "${CMAKE_CXX_FLAGS} ${CMAKE_CXX_FLAGS_${type}}" flags)
    add_custom_target(qbench_revision BYPRODUCTS ${source} COMMENT "" VERBATIM
      COMMAND ${CMAKE_COMMAND} -DTREE=${CMAKE_SOURCE_DIR} -DSOURCE=${source}
        -DVERSION=${PROJECT_VERSION} -DBUILD_TYPE=${CMAKE_BUILD_TYPE} -DFLAGS=${flags} -P ${QBENCH_REVISION_SCRIPT})
    add_dependencies(${target} qbench_revision)
    target_sources(${target} PRIVATE ${source})
  endfunction()
  return()
endif()

set(REVISION unknown)
find_program(GIT git)
if(GIT AND EXISTS ${TREE}/.git)
  # safe.directory: the tree may belong to another user, as it does in containers.
  execute_process(COMMAND ${GIT} -c safe.directory=* -C ${TREE} describe --always --dirty
    OUTPUT_VARIABLE found OUTPUT_STRIP_TRAILING_WHITESPACE ERROR_QUIET)
  if(found)
    set(REVISION ${found})
  endif()
endif()
file(CONFIGURE OUTPUT ${SOURCE} @ONLY CONTENT [[
#include "harness/process/this_build.h"
const qbench::Build qbench::kThisBuild = {"@VERSION@", "@REVISION@", "@BUILD_TYPE@", R"flags(@FLAGS@)flags"};
]])
