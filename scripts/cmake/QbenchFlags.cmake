# SPDX-License-Identifier: Apache-2.0
# qbench_flags: what every target of the project is compiled with.
add_library(qbench_flags INTERFACE)
target_include_directories(qbench_flags INTERFACE ${CMAKE_SOURCE_DIR})
# No contraction into fused operations: results are the same bits at every instruction set. The two others change no value (no
# one reads errno or traps) and let loops with selections vectorize. Functions begin at cache lines, so that a change elsewhere does
# not move their loops: the same code of mxfp4 was 10 to 20 % slower in a build that only linked more beside it.
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
