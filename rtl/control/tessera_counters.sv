// SPDX-License-Identifier: Apache-2.0 WITH SHL-2.1
//
// Performance counters: every cycle of a run goes to one bucket of each engine.
//
// An engine that reports ActIdle or ActTail is counted SEM when the head of its queue lacks a semaphore; otherwise
// ActIdle is IDLE and ActTail is BUF.
//
//   Latency     Events are counted 1 cycle late; the registers are complete when STATUS says DONE or ERROR.
//   Reset       All 0.

module tessera_counters
  import tessera_pkg::*;
  import tessera_spec_gen_pkg::*;
  import tessera_control_pkg::*;
#(
  parameter int unsigned LoadLanes = 2,
  parameter int unsigned Ports     = 2,
  localparam int unsigned Engines  = 2 + LoadLanes,
  localparam int unsigned Users    = 1 + Engines
) (
  input  logic                     clk_i,
  input  logic                     rst_ni,

  // From the run state machine
  input  logic                     clear_i,          // Pulse: all to 0
  input  logic                     count_i,          // RUNNING or STOPPING

  // Events
  input  logic                     dispatched_i,
  input  bucket_e                  dispatch_bucket_i,
  input  activity_e [Engines-1:0]  activity_i,
  input  sem_mask_t [Users-1:0]    missing_i,        // Dispatcher first; zero unless an instruction waits
  input  logic                     pass_i,
  input  logic [Ports-1:0]         rd_beats_i,
  input  logic [Ports-1:0]         wr_beats_i,

  output counters_t                counters_o
);

  typedef logic [2:0] few_t;  // 0 to Users

  function automatic bucket_e bucket_of(activity_e activity, logic lacks);
    case (activity)
      ActBusy: return BucketBusy;
      ActMem:  return BucketMem;
      ActBuf:  return BucketBuf;
      ActTail: return lacks ? BucketSem : BucketBuf;
      default: return lacks ? BucketSem : BucketIdle;
    endcase
  endfunction

  // Events of the last cycle.
  bucket_e   [Users-1:0]          bucket_d, bucket_q;
  few_t      [NUM_SEMAPHORES-1:0] sem_wait_d, sem_wait_q;
  few_t                           rd_d, rd_q, wr_d, wr_q;
  logic                           count_q, dispatched_q, pass_q;
  sem_mask_t [Users-1:0]          lowest;

  always_comb begin
    bucket_d[0] = dispatch_bucket_i;
    for (int unsigned e = 0; e < Engines; e++) bucket_d[e+1] = bucket_of(activity_i[e], missing_i[e+1] != '0);
    sem_wait_d = '0;
    for (int unsigned user = 0; user < Users; user++) begin
      lowest[user] = missing_i[user] & (~missing_i[user] + sem_mask_t'(1));
      for (int unsigned s = 0; s < NUM_SEMAPHORES; s++) begin
        if (bucket_d[user] == BucketSem && lowest[user][s]) sem_wait_d[s] = sem_wait_d[s] + few_t'(1);
      end
    end
    rd_d = few_t'($countones(rd_beats_i));
    wr_d = few_t'($countones(wr_beats_i));
  end

  if (Ports > 7) begin : gen_bad_ports
    $error("tessera_counters: Ports must be at most 7: beats of a cycle are counted in 3 bits");
  end

  counters_t count_d, counters_q;

  always_comb begin
    count_d = counters_q;
    if (count_q) begin
      count_d.cycles       = counters_q.cycles + 64'd1;
      count_d.instructions = counters_q.instructions + 64'(dispatched_q);
      count_d.read_beats   = counters_q.read_beats + 64'(rd_q);
      count_d.write_beats  = counters_q.write_beats + 64'(wr_q);
      count_d.passes       = counters_q.passes + 64'(pass_q);
      for (int unsigned s = 0; s < NUM_SEMAPHORES; s++) begin
        count_d.sem_wait[s] = counters_q.sem_wait[s] + 64'(sem_wait_q[s]);
      end
      for (int unsigned user = 0; user < Users; user++) begin
        for (int unsigned b = 0; b < Buckets; b++) begin
          count_d.bucket[user][b] = counters_q.bucket[user][b] + 64'(bucket_q[user] == bucket_e'(3'(b)));
        end
      end
    end
    if (clear_i) count_d = '0;
  end

  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) begin
      count_q    <= 1'b0;
      counters_q <= '0;
    end else begin
      count_q    <= count_i;
      counters_q <= count_d;
    end
  end

  always_ff @(posedge clk_i) begin
    bucket_q     <= bucket_d;
    sem_wait_q   <= sem_wait_d;
    rd_q         <= rd_d;
    wr_q         <= wr_d;
    dispatched_q <= dispatched_i;
    pass_q       <= pass_i;
  end

  assign counters_o = counters_q;

`ifndef SYNTHESIS
  logic in_reset;
  assign in_reset = !rst_ni;
  logic lost_wait;
  always_comb begin
    lost_wait = 1'b0;
    for (int unsigned user = 0; user < Users; user++) begin
      lost_wait |= bucket_d[user] == BucketSem && lowest[user] == '0;
    end
  end

  a_every_semaphore_wait_has_its_semaphore : assert property (@(posedge clk_i) disable iff (in_reset)
      count_i |-> !lost_wait);
`endif

endmodule
