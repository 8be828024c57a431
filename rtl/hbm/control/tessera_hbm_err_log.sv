// SPDX-License-Identifier: Apache-2.0 WITH SHL-2.1
//
// Error log: of each of three sorts (corrected, uncorrectable, outside the part) the first error and how many there were.
//
//   Handshake   err_i: valid for one cycle per error; both pseudo-channels may report in one, and pseudo-channel 0 counts as the first.
//   Latency     1 cycle. Clearing in the cycle of an error leaves that error in the log.
//   Throughput  An error per pseudo-channel and cycle.
//   Reset       Empty.

module tessera_hbm_err_log
  import tessera_hbm_pkg::*;
  import tessera_hbm_ctl_pkg::*;
  import tessera_hbm_spec_gen_pkg::*;
#(
  localparam int unsigned Pcs   = PseudoChannels,
  localparam int unsigned Sorts = 3
) (
  input  logic                               clk_i,
  input  logic                               rst_ni,

  input  err_log_t [Pcs-1:0]                 err_i,

  // Registers, in the order of the map: corrected, uncorrectable, outside
  input  logic     [Sorts-1:0]               clear_i,
  output log_corr_reg_t      [Sorts-1:0]     first_o,
  output log_corr_addr_reg_t [Sorts-1:0]     addr_o,
  output logic     [Sorts-1:0][31:0]         count_o,

  // Interrupt causes, pulses
  output logic                               uncorrectable_o,
  output logic                               parity_o
);

  function automatic logic [Sorts-1:0] sort_of(err_kind_e kind);
    case (kind)
      ErrCorrected:                                     return 3'b001;
      ErrUncorrectable, ErrReadParity, ErrWriteParity:  return 3'b010;
      ErrAddress:                                       return 3'b100;
      default:                                          return '0;
    endcase
  endfunction

  logic any;
  logic [Pcs-1:0][Sorts-1:0] sort;
  assign any = err_i[0].valid || err_i[1].valid;
  always_comb begin
    sort            = '0;
    uncorrectable_o = 1'b0;
    parity_o        = 1'b0;
    if (any) begin
      for (int unsigned p = 0; p < Pcs; p++) begin
        if (err_i[p].valid) sort[p] = sort_of(err_i[p].kind);
        if (err_i[p].valid && err_i[p].kind == ErrUncorrectable) uncorrectable_o = 1'b1;
        if (err_i[p].valid && err_i[p].kind inside {ErrReadParity, ErrWriteParity}) parity_o = 1'b1;
      end
    end
  end

  logic     [Sorts-1:0] valid_q, pc_q;
  err_log_t [Sorts-1:0] first_q;
  logic     [Sorts-1:0][31:0] count_q;

  for (genvar s = 0; s < int'(Sorts); s++) begin : gen_sort
    logic [31:0] kept;
    logic [1:0]  more;
    logic        was_valid;
    assign kept    = clear_i[s] ? '0 : count_q[s];
    assign more      = 2'(sort[0][s]) + 2'(sort[1][s]);
    assign was_valid = valid_q[s] && !clear_i[s];

    always_ff @(posedge clk_i or negedge rst_ni) begin
      if (!rst_ni) begin
        valid_q[s] <= 1'b0;
        count_q[s] <= '0;
      end else if (any || clear_i[s]) begin
        valid_q[s] <= was_valid || more != '0;
        count_q[s] <= kept > 32'hffff_ffff - 32'(more) ? 32'hffff_ffff : kept + 32'(more);
      end
    end
    always_ff @(posedge clk_i) begin
      if (more != '0 && !was_valid) begin
        pc_q[s]    <= !sort[0][s];
        first_q[s] <= sort[0][s] ? err_i[0] : err_i[1];
      end
    end

    always_comb begin
      first_o[s] = '0;
      addr_o[s]  = '0;
      if (valid_q[s]) begin
        first_o[s].valid    = 1'b1;
        first_o[s].pc       = pc_q[s];
        first_o[s].kind     = first_q[s].kind;
        first_o[s].syndrome = first_q[s].syndrome;
        addr_o[s].sid       = first_q[s].addr.bank.sid;
        addr_o[s].bg        = first_q[s].addr.bank.bg;
        addr_o[s].ba        = first_q[s].addr.bank.ba;
        addr_o[s].row       = first_q[s].addr.row;
        addr_o[s].col       = first_q[s].addr.col;
      end
    end
  end
  assign count_o = count_q;

`ifndef SYNTHESIS
  logic in_reset;
  assign in_reset = !rst_ni;

  a_an_error_has_a_kind : assert property (@(posedge clk_i) disable iff (in_reset)
      (!err_i[0].valid || sort_of(err_i[0].kind) != '0) && (!err_i[1].valid || sort_of(err_i[1].kind) != '0));
  a_counted_means_logged : assert property (@(posedge clk_i) disable iff (in_reset)
      (count_q[0] != '0) == valid_q[0] && (count_q[1] != '0) == valid_q[1] && (count_q[2] != '0) == valid_q[2]);
`endif

endmodule
