# SPDX-License-Identifier: Apache-2.0
#
# The front door; CMake does the work. `make help` lists everything.

BUILD  := build
COMMA  := ,

# Options of `make sim`, each with the name it has in `tessera gemm`, in capitals.
M      ?= 128
N      ?= 512
K      ?= 512
FORMAT ?= mxfp8,bf16,int8
ROWS   ?= 8
COLS   ?= 8
ACC_BITS ?= 128
GRID   := $(ROWS)x$(COLS)$(if $(filter-out 128,$(ACC_BITS)),_w$(ACC_BITS))
BENCH_GRIDS ?= 4x4 8x8 16x16

# $(call option,NAME,--name): --name $(NAME) if NAME is set.
option = $(if $($(1)),$(2) $($(1)))
OPTIONS = --m $(M) --n $(N) --k $(K) --format $(FORMAT) --rows $(ROWS) --cols $(COLS) --acc-bits $(ACC_BITS) \
  $(call option,OUT,--out) $(call option,BACKEND,--backend) $(call option,SEED,--seed) $(call option,DATA,--data) \
  $(call option,LATENCY,--latency) $(call option,WRITE_LATENCY,--write-latency) $(call option,BANDWIDTH,--bandwidth) \
  $(call option,STALLS,--stalls) $(call option,PARTIAL,--partial) $(call option,WAVE_FROM,--wave-from) $(call option,WAVE_TO,--wave-to) \
  $(if $(filter-out 0,$(WAVES)),--waves $(if $(filter 1,$(WAVES)),$(BUILD)/sim.fst,$(WAVES)))

SEVERAL := $(findstring $(COMMA),$(FORMAT))
ifdef SEVERAL
  ifneq ($(JSON)$(OUT_FILE),)
    $(error JSON and OUT_FILE need one FORMAT, for example FORMAT=mxfp8)
  endif
endif
FILES = $(call option,JSON,--json) $(call option,OUT_FILE,--out-file)

# $(call configure,grids): configures, or configures anew when the command lacks one of the grids.
configure = scripts/configure.sh $(BUILD) $(1)

.DEFAULT_GOAL := help
.PHONY: help setup sim test lint bench clean

help: ## List the targets and the options of `make sim`
	@grep -hE '^[a-z]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/^([a-z]+):.*## (.*)/  make \1\t\2/' | expand -t 16
	@echo
	@echo '  Options of make sim, for example  M=1 N=4096 K=4096 FORMAT=mxfp8 ROWS=16 COLS=16 SEED=7 WAVES=1 make sim'
	@echo '  M N K FORMAT OUT ROWS COLS ACC_BITS BACKEND DATA SEED LATENCY WRITE_LATENCY BANDWIDTH STALLS PARTIAL'
	@echo '  JSON OUT_FILE WAVES WAVE_FROM WAVE_TO: as in  $(BUILD)/bin/tessera gemm --help'

setup: ## Install what is missing from Debian or Ubuntu packages (every target does this first)
	@scripts/setup.sh

sim: setup ## Multiply matrices on the RTL, check to the bit, report the cycles
	@$(call configure,$(GRID))
	@cmake --build $(BUILD) --target tessera_cli
	@$(BUILD)/bin/tessera $(if $(SEVERAL),demo,gemm) $(OPTIONS) $(FILES)

test: setup ## Build and run every test
	@$(call configure)
	@cmake --build $(BUILD)
	@ctest --test-dir $(BUILD) --output-on-failure --output-junit junit.xml -j $$(nproc) $(if $(TESTS),-R '$(TESTS)')

lint: setup ## Verilator -Wall on every configuration, C++ format, scripts, generated files
	@$(call configure)
	@scripts/lint.sh $(BUILD)

bench: setup ## Simulation speed per format and grid, next to a plain C++ loop
	@$(call configure,$(BENCH_GRIDS))
	@cmake --build $(BUILD) --target tessera_cli
	@$(BUILD)/bin/tessera bench

clean: ## Remove the build folder
	@rm -rf $(BUILD)
