// SPDX-License-Identifier: Apache-2.0 WITH SHL-2.1
//
// tessera_regs with plain ports, and a different value behind every counter.

module regs_tb
  import tessera_pkg::*;
  import tessera_spec_gen_pkg::*;
  import tessera_control_pkg::*;
(
  input  logic         clk_i,
  input  logic         rst_ni,
  input  logic         s_axil_awvalid,
  output logic         s_axil_awready,
  input  logic [11:0]  s_axil_awaddr,
  input  logic         s_axil_wvalid,
  output logic         s_axil_wready,
  input  logic [31:0]  s_axil_wdata,
  input  logic [3:0]   s_axil_wstrb,
  output logic         s_axil_bvalid,
  input  logic         s_axil_bready,
  output logic [1:0]   s_axil_bresp,
  input  logic         s_axil_arvalid,
  output logic         s_axil_arready,
  input  logic [11:0]  s_axil_araddr,
  output logic         s_axil_rvalid,
  input  logic         s_axil_rready,
  output logic [31:0]  s_axil_rdata,
  output logic [1:0]   s_axil_rresp,
  output logic         irq_o,
  output logic         start_o,
  output logic         abort_o,
  output logic [3:0]   interleave_o,
  input  logic         done_event_i,
  input  logic         error_event_i,
  input  logic [2:0]   state_i,
  input  logic [2:0]   engine_i,
  input  logic [7:0]   error_i,
  input  logic [23:0]  error_pc_i,
  input  logic [255:0] error_word_i,
  input  logic [47:0]  error_addr_i,
  input  logic [3:0]   num_status_i
);

  outcome_t  outcome;
  counters_t counters;
  launch_t   launch;
  sem_value_t [NUM_SEMAPHORES-1:0] sem_value;
  num_status_t num_status;

  assign num_status = num_status_i;
  assign outcome    = '{state: state_e'(state_i), engine: engine_e'(engine_i),
                        fault: '{error: error_e'(error_i), pc: error_pc_i, word: error_word_i, addr: error_addr_i},
                        num_status: num_status};

  // Counter at byte offset o: o in the lower half, o + 4 in the upper one.
  function automatic count_t marked(int unsigned offset);
    return {32'(offset + 4), 32'(offset)};
  endfunction

  always_comb begin
    counters.cycles       = marked(32'h200);
    counters.instructions = marked(32'h208);
    counters.read_beats   = marked(32'h210);
    counters.write_beats  = marked(32'h218);
    counters.passes       = marked(32'h220);
    for (int unsigned s = 0; s < NUM_SEMAPHORES; s++) begin
      counters.sem_wait[s] = marked(32'h300 + 8 * s);
      sem_value[s]         = sem_value_t'(16 * s + 3);
    end
    for (int unsigned e = 0; e < MaxEngines; e++) begin
      for (int unsigned b = 0; b < Buckets; b++) counters.bucket[e][b] = marked(32'h400 + 64 * e + 8 * b);
    end
  end

  tessera_regs #(
    .Rows(16),
    .Cols(4),
    .AccBits(96),
    .Formats(4'h6),
    .ADepth(1024),
    .BDepth(512),
    .AScaleDepth(64),
    .BScaleDepth(32),
    .PsumTiles(24),
    .OutDepth(4096),
    .ColDepth(48),
    .LoadLanes(3),
    .Ports(4)
  ) u_regs (
    .clk_i,
    .rst_ni,
    .s_axil_awvalid,
    .s_axil_awready,
    .s_axil_awaddr,
    .s_axil_wvalid,
    .s_axil_wready,
    .s_axil_wdata,
    .s_axil_wstrb,
    .s_axil_bvalid,
    .s_axil_bready,
    .s_axil_bresp,
    .s_axil_arvalid,
    .s_axil_arready,
    .s_axil_araddr,
    .s_axil_rvalid,
    .s_axil_rready,
    .s_axil_rdata,
    .s_axil_rresp,
    .irq_o,
    .start_o,
    .abort_o,
    .launch_o   (launch),
    .interleave_o,
    .done_event_i,
    .error_event_i,
    .outcome_i  (outcome),
    .semaphore_i(sem_value),
    .counters_i (counters)
  );

  logic unused_launch;  // Read back over AXI4-Lite
  assign unused_launch = ^launch;

endmodule
