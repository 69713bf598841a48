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
# LLVM's linker, where it is, takes a fifth of the time.
include(CheckLinkerFlag)
check_linker_flag(CXX -fuse-ld=lld QBENCH_HAVE_LLD)
if(QBENCH_HAVE_LLD)
  target_link_options(qbench_flags INTERFACE $<$<LINK_LANGUAGE:CXX>:-fuse-ld=lld>)
endif()
if(QBENCH_SANITIZE)
  # null, object-size: AddressSanitizer stops at the accesses themselves, though not at a reference to nothing that is never read; vptr:
  # few classes here are polymorphic. They take a sixth of the time to compile.
  set(sanitizers -fsanitize=address,undefined -fno-sanitize=null,object-size,vptr -fno-sanitize-recover=all -fno-omit-frame-pointer)
  target_compile_options(qbench_flags INTERFACE $<$<COMPILE_LANGUAGE:CXX>:${sanitizers}>)
  target_link_options(qbench_flags INTERFACE ${sanitizers})
endif()
# The folders' libraries reach each other through this function alone, so that the tree of targets is theirs.
function(qbench_library folder)
  add_library(qbench_${folder} STATIC ${ARGN})
  target_link_libraries(qbench_${folder} PUBLIC qbench_flags)
endfunction()

# The sources of a folder are compiled as one, which takes half the time: names in their unnamed namespaces differ. They are included
# by their paths in the tree, as CMake's own UNITY_BUILD does not, so that a cache of the compiler serves copies of the tree. Call it
# while the target has sources of the tree alone.
function(qbench_by_folder target)
  if(NOT QBENCH_UNITY)
    return()
  endif()
  get_target_property(sources ${target} SOURCES)
  cmake_path(SET root NORMALIZE ${CMAKE_CURRENT_FUNCTION_LIST_DIR}/../..)
  foreach(source ${sources})
    cmake_path(ABSOLUTE_PATH source NORMALIZE)
    cmake_path(RELATIVE_PATH source BASE_DIRECTORY ${root})
    cmake_path(GET source PARENT_PATH folder)
    list(APPEND folders ${folder})
    string(APPEND includes_of_${folder} "#include \"${source}\"\n")
  endforeach()
  list(REMOVE_DUPLICATES folders)
  foreach(folder ${folders})
    string(REPLACE "/" "_" file ${folder})
    list(APPEND files ${CMAKE_CURRENT_BINARY_DIR}/unity/${target}/${file}.cpp)
    file(CONFIGURE OUTPUT unity/${target}/${file}.cpp CONTENT "${includes_of_${folder}}")
  endforeach()
  set_property(TARGET ${target} PROPERTY SOURCES ${files})
endfunction()

# Most sources are text and tables. They are compiled with little optimization, and the headers of other projects that they include
# are compiled once, which halves the time. (-pthread: all that use precompiled headers must agree on it, and re2 asks for it.)
set(quick_options -pthread $<$<CONFIG:Release>:-O1> $<$<BOOL:${QBENCH_SANITIZE}>:-O0>)
function(qbench_quick_library folder)
  qbench_library(${folder} ${ARGN})
  target_link_libraries(qbench_${folder} PRIVATE fmt::fmt)
  target_compile_options(qbench_${folder} PRIVATE ${quick_options})
  qbench_by_folder(qbench_${folder})
  if(NOT TARGET qbench_headers)
    add_library(qbench_headers OBJECT ${CMAKE_SOURCE_DIR}/scripts/cmake/headers.cpp)
    target_link_libraries(qbench_headers PRIVATE qbench_flags fmt::fmt)
    target_compile_options(qbench_headers PRIVATE ${quick_options})
    target_precompile_headers(qbench_headers PRIVATE <algorithm> <cmath> <filesystem> <functional> <map> <memory> <optional>
      <set> <stdexcept> <string> <string_view> <vector> <fmt/format.h> <fmt/ranges.h>)
  endif()
  target_precompile_headers(qbench_${folder} REUSE_FROM qbench_headers)
endfunction()

# The sources of such a library that loop over weights, or copy Buffers of them, are compiled with -O3. Call it after the library has
# all that it links.
function(qbench_over_weights folder)
  set(target qbench_${folder}_over_weights)
  add_library(${target} OBJECT ${ARGN})
  target_link_libraries(${target} PRIVATE $<TARGET_PROPERTY:qbench_${folder},LINK_LIBRARIES>)
  target_compile_options(${target} PRIVATE $<$<CONFIG:Release>:-O3>)
  qbench_by_folder(${target})
  target_sources(qbench_${folder} PRIVATE $<TARGET_OBJECTS:${target}>)
endfunction()
