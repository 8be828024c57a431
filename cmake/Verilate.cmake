# SPDX-License-Identifier: Apache-2.0
#
# tessera_verilate(<target> TOP <module> [PARAMS <Name=value>...] [SOURCES <extra .sv>...])
#
# Makes library <target>: the C++ model, class V<target>, of <module> with the given parameters. Modules are found by
# name in the folders of rtl/; packages are listed. Link it and include "V<target>.h".
#
# Verilator runs at build time, so editing RTL never re-runs CMake. The model is compiled by the makefile Verilator
# writes, with clang++ where there is one: 1.2 to 12 times faster simulation than g++ 12 measured on such models.
# After an RTL edit Verilator looks at every model but rewrites only those that use the edited files.

file(GLOB_RECURSE TESSERA_RTL CONFIGURE_DEPENDS ${PROJECT_SOURCE_DIR}/rtl/*.sv ${PROJECT_SOURCE_DIR}/rtl/*.vlt)
# Packages, each after those it names ("other_pkg::"): the order in which Verilator must read them.
set(TESSERA_RTL_PACKAGES)
set(waiting ${TESSERA_RTL})
list(FILTER waiting INCLUDE REGEX "_pkg\\.sv$")
set_property(DIRECTORY APPEND PROPERTY CMAKE_CONFIGURE_DEPENDS ${waiting})
foreach(file ${waiting})
  file(STRINGS ${file} lines REGEX "[a-z_0-9]+_pkg::")
  string(REGEX MATCHALL "[a-z_0-9]+_pkg::" needs_${file} "${lines}")
endforeach()
while(waiting)
  set(progress FALSE)
  foreach(file ${waiting})
    set(ready TRUE)
    foreach(other ${waiting})
      cmake_path(GET other STEM name)
      if(NOT other STREQUAL file AND "${name}::" IN_LIST needs_${file})
        set(ready FALSE)
      endif()
    endforeach()
    if(ready)
      list(APPEND TESSERA_RTL_PACKAGES ${file})
      list(REMOVE_ITEM waiting ${file})
      set(progress TRUE)
    endif()
  endforeach()
  if(NOT progress)
    message(FATAL_ERROR "Packages need each other in a circle: ${waiting}")
  endif()
endwhile()

file(GLOB TESSERA_RTL_FOLDERS CONFIGURE_DEPENDS LIST_DIRECTORIES true ${PROJECT_SOURCE_DIR}/rtl/* ${PROJECT_SOURCE_DIR}/rtl/hbm/*)
list(FILTER TESSERA_RTL_FOLDERS EXCLUDE REGEX "\\.[a-z]+$")
list(TRANSFORM TESSERA_RTL_FOLDERS PREPEND "-y;" OUTPUT_VARIABLE TESSERA_RTL_SEARCH)

find_program(SIM_CXX NAMES clang++ clang++-19 clang++-18 clang++-16 clang++-14 g++ REQUIRED)
cmake_host_system_information(RESULT TESSERA_CORES QUERY NUMBER_OF_LOGICAL_CORES)
# Each model is compiled on all cores; two at a time, so that one compiles while Verilator reads the next.
set_property(GLOBAL APPEND PROPERTY JOB_POOLS tessera_models=2)

# Flags that change what is simulated, in one place. -fno-const-bit-op-tree: Verilator 5.006 miscompiles some reductions
# without it (its issue 6016). --reloop-limit: with its default of 40 words, 5.006 writes C++ that does not compile where an
# assertion samples a wider register.
set(TESSERA_VERILATOR_FLAGS --cc -Wall --assert --x-assign unique --x-initial unique -O3 -fno-const-bit-op-tree
    --reloop-limit 128 --trace-fst --unroll-count 64 --unroll-stmts 100000 --output-split 20000)

# Waves show a struct as one vector. Field by field, the lanes of every PE make the slice compile three times as long.
option(TESSERA_TRACE_STRUCTS "Show the fields of structs in waves" OFF)
if(TESSERA_TRACE_STRUCTS)
  list(APPEND TESSERA_VERILATOR_FLAGS --trace-structs)
endif()

# The Verilator run-time, compiled once for all models.
set(runtime_sources verilated.cpp verilated_fst_c.cpp verilated_threads.cpp)
list(TRANSFORM runtime_sources PREPEND ${VERILATOR_ROOT}/include/)
add_library(tessera_verilated STATIC ${runtime_sources})
target_include_directories(tessera_verilated SYSTEM PUBLIC ${VERILATOR_ROOT}/include ${VERILATOR_ROOT}/include/vltstd)
target_compile_definitions(tessera_verilated PUBLIC VM_COVERAGE=0 VM_SC=0 VM_TRACE=1 VM_TRACE_FST=1 VM_TRACE_VCD=0)
target_link_libraries(tessera_verilated PUBLIC ZLIB::ZLIB Threads::Threads)

function(tessera_verilate target)
  cmake_parse_arguments(ARG "" "TOP" "PARAMS;SOURCES" ${ARGN})
  set(dir ${CMAKE_CURRENT_BINARY_DIR}/verilated/${target})
  set(prefix V${target})
  list(TRANSFORM ARG_PARAMS PREPEND "-G" OUTPUT_VARIABLE generics)
  # The top is one of SOURCES, or is found by name.
  set(top ${ARG_TOP}.sv)
  foreach(source ${ARG_SOURCES})
    cmake_path(GET source FILENAME file)
    if(file STREQUAL top)
      set(top "")
      break()
    endif()
  endforeach()
  set(launcher "")
  if(CCACHE)
    set(launcher "OBJCACHE=${CCACHE}")
  endif()
  set(archive ${dir}/${prefix}__ALL.a)
  # Code that only writes waves is most of the code and need not be fast.
  file(CONFIGURE OUTPUT ${dir}/model.mk @ONLY CONTENT
       "include @prefix@.mk\n@prefix@__Trace__%.o: override OPT_FAST = -O0\n@prefix@__Trace__%.o: override OPT_SLOW = -O0\n")
  add_custom_command(
    OUTPUT ${archive} ${dir}/${prefix}.h
    COMMAND ${VERILATOR} ${TESSERA_VERILATOR_FLAGS} --top-module ${ARG_TOP} --prefix ${prefix} --Mdir ${dir} ${generics}
            ${PROJECT_SOURCE_DIR}/rtl/lint.vlt ${TESSERA_RTL_SEARCH} ${TESSERA_RTL_PACKAGES} ${ARG_SOURCES} ${top}
    COMMAND make --silent -j${TESSERA_CORES} -C ${dir} -f model.mk CXX=${SIM_CXX} LINK=${SIM_CXX} ${launcher}
            "OPT_FAST=-O3 $<$<BOOL:${TESSERA_NATIVE}>:-march=native>" OPT_SLOW=-O1 ${prefix}__ALL.a > ${dir}/make.log
    DEPENDS ${TESSERA_RTL} ${ARG_SOURCES}
    JOB_POOL tessera_models
    COMMENT "Verilating ${target} (${ARG_TOP} ${ARG_PARAMS})"
    VERBATIM)
  add_custom_target(${target}_model DEPENDS ${archive})
  add_library(${target} INTERFACE)
  add_dependencies(${target} ${target}_model)
  target_include_directories(${target} SYSTEM INTERFACE ${dir})
  target_link_libraries(${target} INTERFACE ${archive} tessera_verilated)
endfunction()

# tessera_lint(<name> TOP <module> [PARAMS <Name=value>...])
#
# Adds to target lint_rtl a check that Verilator reads <module> with these parameters without a warning.
add_custom_target(lint_rtl)
function(tessera_lint name)
  cmake_parse_arguments(ARG "" "TOP" "PARAMS" ${ARGN})
  list(TRANSFORM ARG_PARAMS PREPEND "-G" OUTPUT_VARIABLE generics)
  add_custom_target(lint_${name}
    COMMAND ${VERILATOR} --lint-only -Wall --assert ${generics} --top-module ${ARG_TOP} ${PROJECT_SOURCE_DIR}/rtl/lint.vlt
            ${TESSERA_RTL_SEARCH} ${TESSERA_RTL_PACKAGES} ${ARG_TOP}.sv
    COMMENT "Verilator -Wall: ${ARG_TOP} ${ARG_PARAMS}"
    VERBATIM)
  add_dependencies(lint_rtl lint_${name})
endfunction()
