# SPDX-License-Identifier: Apache-2.0
#
# What the build needs from outside. scripts/setup.sh installs all of it.

option(TESSERA_TESTS "Build the tests" ON)

find_program(CCACHE ccache)
if(CCACHE AND NOT CMAKE_CXX_COMPILER_LAUNCHER)
  set(CMAKE_CXX_COMPILER_LAUNCHER ${CCACHE})
endif()

find_program(VERILATOR verilator REQUIRED)
execute_process(COMMAND ${VERILATOR} --getenv VERILATOR_ROOT OUTPUT_VARIABLE VERILATOR_ROOT
                OUTPUT_STRIP_TRAILING_WHITESPACE)
execute_process(COMMAND ${VERILATOR} --version OUTPUT_VARIABLE verilator_version)
string(REGEX MATCH "[0-9]+\\.[0-9]+" verilator_version "${verilator_version}")
if(verilator_version VERSION_LESS 5.006)
  message(FATAL_ERROR "Verilator ${verilator_version} is too old: Tessera needs 5.006 or newer (scripts/setup.sh installs it)")
endif()

find_package(Eigen3 3.4 REQUIRED NO_MODULE)
find_package(CLI11 REQUIRED)
find_package(nlohmann_json REQUIRED)
find_package(ZLIB REQUIRED)
find_package(Threads REQUIRED)
if(TESSERA_TESTS)
  find_package(Catch2 REQUIRED)
endif()
