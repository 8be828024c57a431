# SPDX-License-Identifier: Apache-2.0
#
# Options of our own code. Generated and third-party code never sees the warning flags.

if(NOT CMAKE_BUILD_TYPE)
  set(CMAKE_BUILD_TYPE Release)
endif()
set(CMAKE_CXX_FLAGS_RELEASE "-O2")

# -ffp-contract=off: a fused multiply-add would round once where the contract rounds twice.
add_library(tessera_options INTERFACE)
target_compile_options(tessera_options INTERFACE -Wall -Wextra -Werror -ffp-contract=off)
# g++ 12 sees uninitialised variables in its own AVX-512 headers (its bug 105593) wherever Eigen is inlined.
target_compile_options(tessera_options INTERFACE $<$<CXX_COMPILER_ID:GNU>:-Wno-maybe-uninitialized>)

# Simulation and exact reference loops gain several times from the machine's vector units.
option(TESSERA_NATIVE "Compile for this machine's processor" ON)
set(TESSERA_ARCH_FLAGS $<$<BOOL:${TESSERA_NATIVE}>:-march=native>)
