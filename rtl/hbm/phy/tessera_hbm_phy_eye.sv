// SPDX-License-Identifier: Apache-2.0 WITH SHL-2.1
//
// Delay registers of N lanes that are swept together, and the windows found for each.
//
// A sweep: start; then for each position load, (the lanes are tried,) step; then commit, or cancel, which puts the centres back.
// A full sweep visits the codes 0 to 63; one "around" visits the 9 codes around each lane's present centre. commit puts each
// lane into the middle of its longest run of passes; a lane without one keeps its centre.
//
//   Handshake   pulses, one at a time.
//   Latency     dly_o follows load, commit and write in the next cycle; found_o follows commit.
//   Throughput  all lanes at once.
//   Reset       All delays 0: untrained.

module tessera_hbm_phy_eye
  import tessera_hbm_pkg::*;
  import tessera_hbm_phy_pkg::*;
#(
  parameter int unsigned N      = 41,        // Lanes
  parameter target_e     Target = TargetRd,  // Sweeps of this target are for these lanes
  localparam int unsigned SelBits = N > 1 ? $clog2(N) : 1
) (
  input  logic               clk_i,
  input  logic               rst_ni,

  // Training
  input  sweep_t             sweep_i,   // around is constant from start to commit or cancel
  input  logic [N-1:0]       pass_i,    // With step: the lanes that were right at sweep_i.pos
  output logic [N-1:0]       found_o,   // Lanes that the latest sweep found a window of

  // Direct access to one lane; a write only outside sweeps
  input  logic               wr_i,
  input  logic [SelBits-1:0] sel_i,
  input  dly_t               wr_dly_i,
  output dly_t               dly_sel_o,
  output width_t             width_sel_o,  // Codes of the window in the latest full sweep

  // Pins
  output logic [N-1:0][DlyBits-1:0] dly_o
);

  localparam int unsigned Reach = 4;  // Of a local sweep, each way

  // Packed: simulation copies whole words of lanes.
  logic [N-1:0][DlyBits-1:0] dly_q, centre_q;
  logic [N-1:0][DlyBits:0]   width_q;
  logic [N-1:0][DlyBits:0]   run_q;   // Passes up to the latest position
  logic [N-1:0][DlyBits:0]   best_q;  // Length of the longest run so far, and its last position
  logic [N-1:0][DlyBits-1:0] last_q;
  logic [N-1:0]              found_q;

  typedef logic [DlyBits+1:0] code_t;  // A code that may lie outside 0 to 63

  logic   mine, start, load, step, commit, around;
  dly_t   pos;
  assign mine   = sweep_i.target == Target;
  assign start  = sweep_i.start && mine;
  assign load   = sweep_i.load && mine;
  assign step   = sweep_i.step && mine;
  assign commit = sweep_i.commit && mine;
  assign around   = sweep_i.around;
  assign pos    = sweep_i.pos;

  // Code of lane l at position pos.
  function automatic code_t code_at(input dly_t centre, input logic is_around, input dly_t at);
    return is_around ? code_t'(centre) + code_t'(at) - code_t'(Reach) : code_t'(at);
  endfunction

  function automatic logic exists(input code_t code);
    return (code >> DlyBits) == '0;
  endfunction

  // Work on a lane is done only on a pulse: most cycles have none.
  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) begin
      found_q  <= '0;
      dly_q    <= '0;
      centre_q <= '0;
      width_q  <= '0;
    end else if (load) begin
      for (int l = 0; l < N; l++) begin
        if (exists(code_at(centre_q[l], around, pos))) dly_q[l] <= dly_t'(code_at(centre_q[l], around, pos));
      end
    end else if (commit) begin
      for (int l = 0; l < N; l++) begin
        found_q[l] <= best_q[l] >= (around ? width_t'(1) : width_t'(MinWindow));
        if (!around) width_q[l] <= best_q[l];
        if (best_q[l] >= (around ? width_t'(1) : width_t'(MinWindow))) begin
          dly_q[l]    <= dly_t'(code_at(centre_q[l], around, last_q[l] - dly_t'((best_q[l] - width_t'(1)) >> 1)));
          centre_q[l] <= dly_t'(code_at(centre_q[l], around, last_q[l] - dly_t'((best_q[l] - width_t'(1)) >> 1)));
        end else begin
          dly_q[l] <= centre_q[l];
        end
      end
    end else if (sweep_i.cancel) begin
      dly_q <= centre_q;
    end else if (wr_i) begin
      dly_q[sel_i]    <= wr_dly_i;
      centre_q[sel_i] <= wr_dly_i;
    end
  end

  always_ff @(posedge clk_i) begin
    if (start) begin
      run_q  <= '0;
      best_q <= '0;
    end else if (step) begin
      for (int l = 0; l < N; l++) begin
        if (pass_i[l] && exists(code_at(centre_q[l], around, pos))) begin
          run_q[l] <= run_q[l] + width_t'(1);
          if (run_q[l] >= best_q[l]) begin
            best_q[l] <= run_q[l] + width_t'(1);
            last_q[l] <= pos;
          end
        end else begin
          run_q[l] <= '0;
        end
      end
    end
  end

  assign dly_o       = dly_q;
  assign found_o     = found_q;
  assign dly_sel_o   = centre_q[sel_i];
  assign width_sel_o = width_q[sel_i];

`ifndef SYNTHESIS
  logic in_reset;
  assign in_reset = !rst_ni;

  // A sweep is between begin and commit.
  logic sweep_q;
  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni)       sweep_q <= 1'b0;
    else if (start)  sweep_q <= 1'b1;
    else if (commit || sweep_i.cancel) sweep_q <= 1'b0;
  end

  a_one_pulse_at_a_time : assert property (@(posedge clk_i) disable iff (in_reset)
      $countones({start, load, step, commit, sweep_i.cancel, wr_i}) <= 1);
  a_steps_only_in_a_sweep : assert property (@(posedge clk_i) disable iff (in_reset)
      load || step || commit |-> sweep_q);
  a_no_write_in_a_sweep : assert property (@(posedge clk_i) disable iff (in_reset)
      wr_i |-> !sweep_q && 32'(sel_i) < N);
  a_kind_of_sweep_constant : assert property (@(posedge clk_i) disable iff (in_reset)
      sweep_q && !start |-> $stable(around));
`endif

endmodule
