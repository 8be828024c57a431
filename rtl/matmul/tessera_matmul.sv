// SPDX-License-Identifier: Apache-2.0 WITH SHL-2.1
//
// MATMUL sequencer: takes CONFIG and MATMUL instructions and drives operand banks, drain and epilogue pass by pass.
//
//   Handshake   The engine contract of docs/architecture.md.
//   Latency     The first operand read is 2 cycles after a MATMUL was taken by an idle engine.
//   Throughput  A MATMUL occupies the array for mt * nt * max(k, D) cycles; the next follows without a bubble if it was
//               taken before the last slot ended.
//   Reset       Empties the engine and forgets every partial sum.
//
// A slot is the time one pass owns the array: k operand steps, then idle steps until the previous results have left. What a pass
// leaves behind (drain, finish, completion) is announced at the end of its slot, so that a flush can stop at any slot boundary.

module tessera_matmul
  import tessera_spec_gen_pkg::*;
  import tessera_pkg::*;
  import tessera_array_pkg::*;
  import tessera_matmul_pkg::*;
#(
  parameter int unsigned Rows      = 8,
  parameter int unsigned Cols      = 8,
  parameter int unsigned PsumTiles = 128,
  parameter int unsigned Passes    = 16  // Passes that may be between slot end and epilogue
) (
  input  logic clk_i,
  input  logic rst_ni,  // Asynchronous, active low

  // Engine contract
  input  logic      issue_valid_i,
  output logic      issue_ready_o,
  input  issue_t    issue_i,
  output logic      done_valid_o,
  output sem_mask_t done_post_o,
  output pc_t       done_pc_o,
  output grain_t    done_word_o,
  output logic      fault_valid_o,
  output fault_t    fault_o,
  output activity_e activity_o,
  input  logic      start_i,  // A program starts: forget partial sums
  input  logic      flush_i,
  output logic      quiet_o,

  // To the first operand bank of A and of B
  output fetch_t fetch_a_o,
  output fetch_t fetch_b_o,

  // To drain and epilogue, at the end of each slot
  output logic    pass_valid_o,
  output drain_t  drain_o,
  output finish_t finish_o,

  // From the epilogue
  input  logic finished_i,       // The oldest MATMUL's last result is in its place
  input  logic epilogue_idle_i
);

  typedef struct packed {
    pc_t    pc;
    grain_t word;
  } origin_t;

  // Instructions: one running, one next, so that there is no bubble between them -------------------------
  config_t   config_q;
  job_t      next_d, next_q, job_q;
  origin_t   next_origin_q, job_origin_q;
  logic      next_valid_q, job_valid_q;
  logic      take, take_config, take_matmul, is_config, job_ends, advance;
  logic      fault_valid_q;

  assign is_config     = issue_i.word[7:0] == OpConfig;
  // A CONFIG completes when taken; the done port is given to a MATMUL first.
  assign issue_ready_o = (!next_valid_q || advance) && !fault_valid_q && !flush_i && !(is_config && finished_i);
  assign take          = issue_valid_i && issue_ready_o;
  assign take_config   = take && is_config;
  assign take_matmul   = take && !is_config;
  assign advance       = next_valid_q && (!job_valid_q || job_ends) && !fault_valid_q && !flush_i;

  matmul_t matmul;
  assign matmul = issue_i.word;

  tessera_matmul_decode #(
    .Rows(Rows)
  ) u_decode (
    .matmul_i(matmul),
    .config_i(config_q),
    .job_o   (next_d)
  );

  // Position in the job --------------------------------------------------------------------------------
  logic [13:0] step_q;         // Cycle within the slot
  logic [11:0] i_q, j_q;       // Tile row and column
  logic        slot_first, slot_last, j_last, i_last, running, stopped, drop;
  logic        bad_state, too_many, judge_fails, pass_start;

  // Addresses of the current tile row and column. They wrap harmlessly after the last.
  logic [15:0] a_q, b_q;
  logic [11:0] a_scale_q, b_scale_q, tile_q;
  logic [21:0] out_row_q;      // OUT byte address of the tile row's last row, column tile 0
  logic [15:0] col_q;          // First column of the tile, counted from column 0 of the job
  logic [15:0] k_addr;
  logic        operands;

  assign slot_first  = step_q == '0;
  assign slot_last   = step_q == job_q.slot - 14'd1;
  assign j_last      = j_q == job_q.matmul.nt - 12'd1;
  assign i_last      = i_q == job_q.matmul.mt - 12'd1;
  assign judge_fails = job_valid_q && slot_first && (bad_state || too_many);
  assign stopped     = fault_valid_q || flush_i || judge_fails;  // No pass may start
  assign running     = job_valid_q && !(slot_first && stopped);
  assign pass_start  = running && slot_first;
  assign operands    = running && step_q < job_q.matmul.k;
  assign job_ends    = running && slot_last && j_last && i_last;
  assign drop        = flush_i && (!running || slot_last);

  tessera_psum_table #(
    .Tiles(PsumTiles)
  ) u_table (
    .clk_i,
    .rst_ni,
    .clear_i    (start_i),
    .src_i      (partial_e'(job_q.matmul.src)),
    .dst_i      (partial_e'(job_q.matmul.dst)),
    .is_int_i   (job_q.is_int),
    .grid_i     (job_q.grid),
    .terms_i    (job_q.terms),
    .tile_i     (tile_q),
    .commit_i   (pass_start),
    .bad_state_o(bad_state),
    .too_many_o (too_many)
  );

  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) begin
      next_valid_q <= 1'b0;
      job_valid_q  <= 1'b0;
      step_q       <= '0;
    end else begin
      if (flush_i)          next_valid_q <= 1'b0;
      else if (take_matmul) next_valid_q <= 1'b1;
      else if (advance)     next_valid_q <= 1'b0;

      if (drop)          job_valid_q <= 1'b0;
      else if (advance)  job_valid_q <= 1'b1;
      else if (job_ends) job_valid_q <= 1'b0;

      if (running) step_q <= slot_last ? '0 : step_q + 14'd1;
    end
  end

  logic [21:0] first_out_row, out_row_step;
  assign first_out_row = {1'b0, next_q.matmul.out_base, 5'd0} + 22'(next_q.matmul.out_pitch) * 22'(32 * (Rows - 1));
  assign out_row_step  = 22'(job_q.matmul.out_pitch) * 22'(32 * Rows);

  always_ff @(posedge clk_i) begin
    if (take_config) config_q <= issue_i.word;
    if (take_matmul) begin
      next_q        <= next_d;
      next_origin_q <= '{pc: issue_i.pc, word: issue_i.word};
    end
    if (advance) begin
      job_q        <= next_q;
      job_origin_q <= next_origin_q;
      i_q         <= '0;
      j_q         <= '0;
      a_q         <= next_q.matmul.a_base;
      b_q         <= next_q.matmul.b_base;
      a_scale_q   <= next_q.matmul.a_scale_base;
      b_scale_q   <= next_q.matmul.b_scale_base;
      tile_q      <= next_q.matmul.psum_base;
      out_row_q   <= first_out_row;
      col_q       <= '0;
    end else if (running && slot_last) begin
      tile_q <= tile_q + 12'd1;
      if (!j_last) begin
        j_q       <= j_q + 12'd1;
        b_q       <= b_q + job_q.matmul.b_stride;
        b_scale_q <= b_scale_q + job_q.matmul.b_scale_stride;
        col_q     <= col_q + 16'(Cols);
      end else begin
        j_q       <= '0;
        b_q       <= job_q.matmul.b_base;
        b_scale_q <= job_q.matmul.b_scale_base;
        col_q     <= '0;
        i_q       <= i_q + 12'd1;
        a_q       <= a_q + job_q.matmul.a_stride;
        a_scale_q <= a_scale_q + job_q.matmul.a_scale_stride;
        out_row_q <= out_row_q + out_row_step;
      end
    end
  end

  // Operand steps --------------------------------------------------------------------------------------
  token_t token;
  assign token  = '{valid: operands, first: pass_start, slot_end: running && slot_last, kind: job_q.kind};
  assign k_addr = 16'(step_q);

  always_comb begin
    fetch_a_o = '{
        tok: token,
        decode: job_q.decode_a,
        addr: a_q + k_addr,
        scale_addr: a_scale_q + 12'(step_q[13:5]),
        scale_byte: step_q[4:0]
    };
    fetch_b_o = '{
        tok: token,
        decode: job_q.decode_b,
        addr: b_q + k_addr,
        scale_addr: b_scale_q + 12'(step_q[13:5]),
        scale_byte: step_q[4:0]
    };
  end

  // Passes on their way out ----------------------------------------------------------------------------
  assign pass_valid_o = running && slot_last;

  always_comb begin
    drain_o = '{
        src: partial_e'(job_q.matmul.src),
        dst: partial_e'(job_q.matmul.dst),
        is_int: job_q.is_int,
        grid: job_q.grid,
        tile: tile_q
    };
    finish_o = '{
        write: job_q.matmul.dst == PartialNone,
        last: job_ends,
        is_int: job_q.is_int,
        out: job_q.out,
        saturate: job_q.saturate,
        scaled: job_q.scaled,
        out_addr: out_row_q + (22'(col_q) << job_q.log2_bytes),
        pitch: job_q.matmul.out_pitch,
        col: {1'b0, job_q.matmul.col_base, 3'd0} + col_q
    };
  end

  // Completion and faults ------------------------------------------------------------------------------
  logic    ending_ready, ending_valid;
  origin_t ending;

  tessera_fifo #(
    .Width($bits(origin_t)),
    .Depth(Passes)
  ) u_endings (
    .clk_i,
    .rst_ni,
    .valid_i(job_ends),
    .ready_o(ending_ready),
    .data_i (job_origin_q),
    .valid_o(ending_valid),
    .ready_i(finished_i),
    .data_o (ending),
    .count_o()
  );

  assign done_valid_o = finished_i || take_config;
  assign done_post_o  = finished_i ? ending.word[39:24] : issue_i.word[39:24];
  assign done_pc_o    = finished_i ? ending.pc : issue_i.pc;
  assign done_word_o  = finished_i ? ending.word : issue_i.word;

  fault_t fault_q;

  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni)          fault_valid_q <= 1'b0;
    else if (flush_i)     fault_valid_q <= 1'b0;
    else if (judge_fails) fault_valid_q <= 1'b1;
  end

  always_ff @(posedge clk_i) begin
    if (judge_fails && !fault_valid_q) begin
      fault_q <= '{
          error: bad_state ? ErrorPsumState : ErrorTermLimit,
          pc: job_origin_q.pc,
          word: job_origin_q.word,
          addr: '0
      };
    end
  end

  assign fault_valid_o = fault_valid_q;
  assign fault_o       = fault_q;
  assign quiet_o       = !job_valid_q && !next_valid_q && epilogue_idle_i;

  always_comb begin
    if (operands)                         activity_o = ActBusy;
    else if (job_valid_q || next_valid_q) activity_o = ActBuf;
    else if (!epilogue_idle_i)            activity_o = ActTail;
    else                                  activity_o = ActIdle;
  end

`ifndef SYNTHESIS
  logic in_reset;
  assign in_reset = !rst_ni;
  a_ending_for_every_finish : assert property (@(posedge clk_i) disable iff (in_reset) finished_i |-> ending_valid);
  a_endings_fit : assert property (@(posedge clk_i) disable iff (in_reset) job_ends |-> ending_ready);
  a_done_is_for_one : assert property (@(posedge clk_i) disable iff (in_reset) !(finished_i && take_config));
  a_only_config_and_matmul_come_here : assert property (@(posedge clk_i) disable iff (in_reset)
      issue_valid_i |-> issue_i.word[7:0] == OpConfig || issue_i.word[7:0] == OpMatmul);
`endif

endmodule
