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
MEMORY ?= hbm
GRID   := $(ROWS)x$(COLS)$(if $(filter-out 128,$(ACC_BITS)),_w$(ACC_BITS))$(if $(filter hbm,$(MEMORY)),_hbm)
BENCH_GRIDS ?= 4x4 8x8 16x16 8x8_hbm

# $(call option,NAME,--name): --name $(NAME) if NAME is set.
option = $(if $($(1)),$(2) $($(1)))
OPTIONS = --m $(M) --n $(N) --k $(K) --format $(FORMAT) --rows $(ROWS) --cols $(COLS) --acc-bits $(ACC_BITS) \
  --memory $(MEMORY) $(call option,CLOCK_RATIO,--clock-ratio) $(call option,HBM_TIMING,--hbm-timing) $(call option,DRAM_TRACE,--dram-trace) \
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
.PHONY: help setup sim test regress lint bench hbm-bench formal clean

help: ## List the targets and the options of `make sim`
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/^([a-z-]+):.*## (.*)/  make \1\t\2/' | expand -t 16
	@echo
	@echo '  Options of make sim, for example  M=1 N=4096 K=4096 FORMAT=mxfp8 ROWS=16 COLS=16 SEED=7 WAVES=1 make sim'
	@echo '  M N K FORMAT OUT ROWS COLS ACC_BITS BACKEND DATA SEED PARTIAL MEMORY CLOCK_RATIO HBM_TIMING DRAM_TRACE'
	@echo '  LATENCY WRITE_LATENCY BANDWIDTH STALLS'
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

regress: test ## Every test, then the long ones: a million random HBM transfers, every pair of flipped bits
	@$(BUILD)/tests/hbm '[regress]'
	@$(BUILD)/tests/system_8x8_hbm '[regress]'

lint: setup ## Verilator -Wall on every configuration, C++ format, scripts, generated files
	@$(call configure)
	@scripts/lint.sh $(BUILD)

bench: setup ## Simulation speed per format and grid, next to a plain C++ loop
	@$(call configure,$(BENCH_GRIDS))
	@cmake --build $(BUILD) --target tessera_cli
	@$(BUILD)/bin/tessera bench --memory flat
	@$(BUILD)/bin/tessera bench --memory hbm

hbm-bench: setup ## Bandwidth of the HBM3 channel next to model and anchors; HBM_ARGS='--workload tile_64 --pcs 2'
	@$(call configure)
	@cmake --build $(BUILD) --target tessera_cli
	@$(BUILD)/bin/tessera hbm-bench $(HBM_ARGS)

formal: setup ## Prove FIFOs, arbiters, clock crossings and DRAM timing machines (FORMAL_ARGS='--mutants')
	@scripts/formal.sh $(FORMAL_ARGS)

clean: ## Remove the build folder
	@rm -rf $(BUILD)
