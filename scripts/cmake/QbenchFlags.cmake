# SPDX-License-Identifier: Apache-2.0
# qbench_flags: the compiler options of every target of the project.
add_library(qbench_flags INTERFACE)
target_include_directories(qbench_flags INTERFACE ${CMAKE_SOURCE_DIR})
# -ffp-contract=off: without fused operations, results are the same bits for every instruction set.
# -fno-math-errno, -fno-trapping-math: change no value (nothing reads errno or traps), and let loops with selections vectorize.
# -falign-functions=64: a change elsewhere does not move loops across cache lines, which made mxfp4 10 to 20 % slower.
target_compile_options(qbench_flags INTERFACE
  # -Wrestrict: GCC 12 raises it on std::string + (its bug 105651).
  $<$<COMPILE_LANGUAGE:CXX>:-Wall -Wextra -Wshadow -Wconversion -Wno-sign-conversion -ffp-contract=off -falign-functions=64
    -fno-math-errno -fno-trapping-math>
  $<$<COMPILE_LANG_AND_ID:CXX,GNU>:-Wno-restrict>
  $<$<AND:$<COMPILE_LANGUAGE:CXX>,$<BOOL:${QBENCH_WERROR}>>:-Werror>)
if(QBENCH_SANITIZE)
  set(sanitizers -fsanitize=address,undefined -fno-sanitize-recover=all -fno-omit-frame-pointer)
  target_compile_options(qbench_flags INTERFACE $<$<COMPILE_LANGUAGE:CXX>:${sanitizers}>)
  target_link_options(qbench_flags INTERFACE ${sanitizers})
endif()
# The folders' libraries reach each other through this function alone, so that the tree of targets is theirs.
function(qbench_library folder)
  add_library(qbench_${folder} STATIC ${ARGN})
  target_link_libraries(qbench_${folder} PUBLIC qbench_flags)
endfunction()
