// SPDX-License-Identifier: Apache-2.0 WITH SHL-2.1
//
// Chooses between reads and writes, because each turn of the data bus costs about 18 cycles.
//
// To writes: as many wait as wr_high_i, or none reads for wr_idle_i cycles, or a write goes first (old, or a read
// waits for it). Back to reads: reads wait and writes are down to wr_low_i, or no write waits, or a read goes first.
// Where both directions have one that goes first, each direction gets MinBatch commands at a time, so that neither
// starves and the bus does not turn for every single one.
//
//   Latency     1 cycle from the queues' state to write_o.
//   Reset       Reads.

module tessera_hbm_mode #(
  parameter int unsigned MinBatch = 16,  // 1 to 31
  localparam int unsigned CountBits = 7
) (
  input  logic                 clk_i,
  input  logic                 rst_ni,
  input  logic [6:0]           wr_high_i,
  input  logic [6:0]           wr_low_i,    // Below wr_high_i
  input  logic [9:0]           wr_idle_i,

  input  logic [CountBits-1:0] rd_waiting_i,
  input  logic [CountBits-1:0] wr_waiting_i,
  input  logic                 rd_first_i,   // A read goes first
  input  logic                 wr_first_i,
  input  logic                 col_i,        // A column command goes out

  output logic                 write_o
);

  if (MinBatch < 1 || MinBatch > 31) begin : gen_bad_batch
    $error("tessera_hbm_mode: MinBatch must be 1 to 31");
  end

  logic       write_d, write_q, rd_any, wr_any, idle_over, batch_over;
  logic [9:0] idle_d, idle_q;    // Cycles without a waiting read, up to wr_idle
  logic [4:0] batch_d, batch_q;  // Commands since the last turn, up to MinBatch
  assign rd_any     = rd_waiting_i != '0;
  assign wr_any     = wr_waiting_i != '0;
  assign idle_over  = !rd_any && idle_q >= wr_idle_i;
  assign batch_over = batch_q == 5'(MinBatch);

  logic to_write, to_read;
  assign to_write = wr_any && (wr_first_i ? !rd_first_i || batch_over
                                          : !rd_first_i && (wr_waiting_i >= wr_high_i || idle_over));
  assign to_read  = !wr_any || (rd_first_i ? !wr_first_i || batch_over
                                           : !wr_first_i && rd_any && wr_waiting_i <= wr_low_i
                                             && wr_waiting_i < wr_high_i);

  always_comb begin
    write_d = write_q;
    if (write_q && to_read)   write_d = 1'b0;
    if (!write_q && to_write) write_d = 1'b1;
    idle_d = idle_q;
    if (rd_any)                       idle_d = '0;
    else if (idle_q < wr_idle_i)  idle_d = idle_q + 10'd1;
    batch_d = batch_q;
    if (write_d != write_q)           batch_d = '0;
    else if (col_i && !batch_over)    batch_d = batch_q + 5'd1;
  end

  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) begin
      write_q <= 1'b0;
      idle_q  <= '0;
      batch_q <= '0;
    end else begin
      write_q <= write_d;
      idle_q  <= idle_d;
      batch_q <= batch_d;
    end
  end

  assign write_o = write_q;

`ifndef SYNTHESIS
  logic in_reset;
  assign in_reset = !rst_ni;

  a_no_turn_to_an_empty_queue : assert property (@(posedge clk_i) disable iff (in_reset)
      !write_q && write_d |-> wr_any);
  a_batch_within_bound        : assert property (@(posedge clk_i) disable iff (in_reset)
      batch_q <= 5'(MinBatch));
`endif

endmodule
