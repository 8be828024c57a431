// SPDX-License-Identifier: Apache-2.0 WITH SHL-2.1
//
// Brings the columns of a row together: column c comes c cycles after column 0 and is held Cols - 1 - c cycles.
//
//   Handshake   None.
//   Latency     The row leaves in the cycle in which its last column arrives.
//   Throughput  One row per cycle.
//   Reset       Clears the valid bits.

module tessera_deskew #(
  parameter int unsigned Cols = 8
) (
  input  logic clk_i,
  input  logic rst_ni,  // Asynchronous, active low

  input  logic [Cols-1:0]       valid_i,
  input  logic [Cols-1:0][31:0] data_i,

  output logic                  valid_o,
  output logic [Cols-1:0][31:0] data_o
);

  for (genvar c = 0; c < Cols; c++) begin : gen_col
    localparam int unsigned Delay = Cols - 1 - c;
    if (Delay == 0) begin : gen_last
      assign data_o[c] = data_i[c];
    end else begin : gen_delay
      logic [31:0]    data_q [Delay];
      logic [Delay:0] valid;  // [d]: what enters stage d is a result
      logic [Delay-1:0] valid_q;
      assign valid = {valid_q, valid_i[c]};

      always_ff @(posedge clk_i or negedge rst_ni) begin
        if (!rst_ni) valid_q <= '0;
        else         valid_q <= valid[Delay-1:0];
      end

      always_ff @(posedge clk_i) begin
        if (valid[0]) data_q[0] <= data_i[c];
        for (int unsigned d = 1; d < Delay; d++) begin
          if (valid[d]) data_q[d] <= data_q[d-1];
        end
      end

`ifndef SYNTHESIS
      logic in_reset;
      assign in_reset = !rst_ni;
      a_columns_of_a_row_leave_together : assert property (@(posedge clk_i) disable iff (in_reset)
          valid[Delay] == valid_o);
`endif

      assign data_o[c] = data_q[Delay-1];
    end
  end

  assign valid_o = valid_i[Cols-1];

endmodule
