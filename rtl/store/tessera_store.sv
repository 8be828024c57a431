// SPDX-License-Identifier: Apache-2.0 WITH SHL-2.1
//
// STORE engine: copies rows of bytes from the OUT buffer to memory.
//
// The front (tessera_burst_gen) asks for the bursts, tessera_store_data makes the beats, and the beats go out burst by
// burst as the front's requests are taken. Each instruction keeps a slot until its last burst is answered; bursts of
// several instructions are on their way at a time.
//
//   Handshake   issue, req and wdata are ready/valid; req and wdata leave registers; responses cannot be refused.
//               done is a pulse, in the cycle after the response that completes the oldest instruction (one per
//               cycle). A fault is a level until flush_i; from a fault or flush_i on, no request is raised but what
//               was raised already, and the beats still owed to taken requests go out with all strobes zero.
//   Latency     issue to first req 3 cycles, to first wdata 5 cycles.
//   Throughput  1 beat per cycle: an instruction takes, without stalls, exactly
//                 sum over rows of B, B = ceil((start of the row mod 32 + row_bytes) / 32)   cycles,
//               and no cycle between rows or instructions. The front spends 1 cycle per burst: per row, as many as
//               multiples of the granule, min(2^interleave_i, 32 * MaxBurst) bytes, lie inside it, plus 1. A lone
//               instruction is done 5 + beats + L cycles after its issue, L = cycles from its last beat to the
//               last response.
//   Reset       Drops everything.

module tessera_store
  import tessera_spec_gen_pkg::ADDR_BITS, tessera_spec_gen_pkg::GRAIN_BYTES, tessera_spec_gen_pkg::store_t;
  import tessera_pkg::*;
#(
  parameter int unsigned Ports     = 2,     // Memory ports, a power of two
  parameter int unsigned OutDepth  = 2048,  // Grains of the OUT buffer
  parameter int unsigned InFlight  = 8,     // Instructions inside, a power of two, at least 4
  parameter int unsigned MaxBursts = 64,    // Bursts unanswered per port; as of tessera_wr_mux
  parameter int unsigned Lead      = 16,    // Bursts whose requests may be taken before their data end
  parameter int unsigned MaxBurst  = 32,    // Longest burst in grains, a power of two, 1 to 128
  localparam int unsigned AddrBits = $clog2(OutDepth)
) (
  input  logic                clk_i,
  input  logic                rst_ni,
  input  logic [3:0]          interleave_i,  // log2 of a port's granule in bytes, 8 to 12; changes only when quiet

  // Control
  input  logic                issue_valid_i,
  output logic                issue_ready_o,
  input  issue_t              issue_i,
  output logic                done_valid_o,
  output sem_mask_t           done_post_o,
  output pc_t                 done_pc_o,
  output grain_t              done_word_o,
  output logic                fault_valid_o,
  output fault_t              fault_o,
  output activity_e           activity_o,
  input  logic                flush_i,
  output logic                quiet_o,

  // OUT buffer: data one cycle after the enable
  output logic                out_rd_en_o,
  output logic [AddrBits-1:0] out_rd_addr_o,
  input  grain_t              out_rd_data_i,

  // Write multiplexer
  output logic                req_valid_o,
  input  logic                req_ready_i,
  output burst_t              req_o,
  output logic                wdata_valid_o,
  input  logic                wdata_ready_i,
  output wbeat_t              wdata_o,
  input  logic [Ports-1:0]                resp_valid_i,
  input  logic [Ports-1:0]                resp_err_i,
  input  logic [Ports-1:0][ADDR_BITS-1:0] resp_addr_i
);

  if (InFlight < 4 || (InFlight & (InFlight - 1)) != 0) begin : gen_bad_in_flight
    $error("tessera_store: InFlight must be a power of two, at least 4");
  end

  localparam int unsigned SlotBits  = $clog2(InFlight);
  localparam int unsigned PortBits  = Ports > 1 ? $clog2(Ports) : 1;
  localparam int unsigned LowBits   = $clog2(GRAIN_BYTES);

  typedef logic [SlotBits-1:0]  slot_t;

  typedef struct packed {
    slot_t       slot;
    mem_addr_t       addr;
    logic [15:0] rows;
    logic [31:0] row_stride;
    logic [19:0] row_bytes;
  } front_t;

  typedef struct packed {
    logic [LowBits-1:0] first;
    logic [LowBits-1:0] stride;
    logic [15:0]        rows;
    logic [19:0]        bytes;
    logic [15:0]        base;
    logic [15:0]        pitch;
  } data_t;

  logic fault_valid, stop;
  assign stop = flush_i || fault_valid;

  // Taking an instruction: a slot, the front's queue and the data half's.
  store_t issue_store;
  assign issue_store = store_t'(issue_i.word);

  logic   slot_free, front_ready, data_ready, take;
  slot_t  tail;
  front_t front_in, front;
  data_t  data_in, data;
  assign issue_ready_o = !stop && slot_free && front_ready && data_ready;
  assign take          = issue_valid_i && issue_ready_o;
  assign front_in      = '{slot: tail, addr: issue_i.ea, rows: issue_store.rows,
                           row_stride: issue_store.row_stride, row_bytes: issue_store.row_bytes};
  assign data_in       = '{first: issue_i.ea[LowBits-1:0], stride: issue_store.row_stride[LowBits-1:0],
                           rows: issue_store.rows, bytes: issue_store.row_bytes, base: issue_store.src_base,
                           pitch: issue_store.src_pitch};

  logic       front_valid, front_pop, cmd_ready, data_valid, data_pop;
  logic [1:0] unused_front_count;
  logic [$clog2(InFlight + 1)-1:0] unused_data_count;
  assign front_pop = cmd_ready || stop;

  tessera_fifo #(
    .Width($bits(front_t)),
    .Depth(2)
  ) u_front_queue (
    .clk_i,
    .rst_ni,
    .valid_i(take),
    .ready_o(front_ready),
    .data_i (front_in),
    .valid_o(front_valid),
    .ready_i(front_pop),
    .data_o (front),
    .count_o(unused_front_count)
  );

  tessera_fifo #(
    .Width($bits(data_t)),
    .Depth(InFlight)
  ) u_data_queue (
    .clk_i,
    .rst_ni,
    .valid_i(take),
    .ready_o(data_ready),
    .data_i (data_in),
    .valid_o(data_valid),
    .ready_i(data_pop),
    .data_o (data),
    .count_o(unused_data_count)
  );

  // Requests, each with its instruction's slot
  logic  gen_valid, gen_ready, gen_final, gen_busy, req_fire, req_room;
  slot_t req_slot;
  tessera_burst_gen #(
    .TagBits (SlotBits),
    .MaxBurst(MaxBurst)
  ) u_front (
    .clk_i,
    .rst_ni,
    .interleave_i,
    .stop_i          (stop),
    .cmd_valid_i     (front_valid),
    .cmd_ready_o     (cmd_ready),
    .cmd_addr_i      (front.addr),
    .cmd_rows_i      (front.rows),
    .cmd_row_stride_i(front.row_stride),
    .cmd_row_bytes_i (front.row_bytes),
    .cmd_tag_i       (front.slot),
    .req_valid_o     (gen_valid),
    .req_ready_i     (gen_ready),
    .req_o,
    .req_tag_o       (req_slot),
    .req_final_o     (gen_final),
    .busy_o          (gen_busy)
  );

  logic [PortBits-1:0] req_port;
  tessera_port_select #(
    .Ports(Ports)
  ) u_select (
    .interleave_i,
    .addr_i(req_o.addr),
    .port_o(req_port)
  );

  // A request goes out when its slot can be noted for its port and its length for the beats.
  logic note_ready, open_ready;
  assign req_room    = open_ready && note_ready;
  assign req_valid_o = gen_valid && req_room;
  assign gen_ready   = req_ready_i && req_room;
  assign req_fire    = req_valid_o && req_ready_i;

  logic slots_busy;
  tessera_store_slots #(
    .Ports    (Ports),
    .InFlight (InFlight),
    .MaxBursts(MaxBursts)
  ) u_slots (
    .clk_i,
    .rst_ni,
    .flush_i,
    .take_i       (take),
    .issue_i,
    .free_o       (slot_free),
    .tail_o       (tail),
    .raised_i     (gen_valid),
    .note_ready_o (note_ready),
    .sent_i       (req_fire),
    .sent_port_i  (req_port),
    .sent_slot_i  (req_slot),
    .sent_final_i (gen_final),
    .resp_valid_i,
    .resp_err_i,
    .resp_addr_i,
    .done_valid_o,
    .done_post_o,
    .done_pc_o,
    .done_word_o,
    .fault_valid_o(fault_valid),
    .fault_o,
    .busy_o       (slots_busy)
  );
  assign fault_valid_o = fault_valid;

  logic   beat_valid, beat_ready, data_busy;
  grain_t beat_data;
  strb_t  beat_strb;
  tessera_store_data #(
    .OutDepth(OutDepth)
  ) u_data (
    .clk_i,
    .rst_ni,
    .stop_i       (stop),
    .job_valid_i  (data_valid),
    .job_ready_o  (data_pop),
    .job_first_i  (data.first),
    .job_stride_i (data.stride),
    .job_rows_i   (data.rows),
    .job_bytes_i  (data.bytes),
    .job_base_i   (data.base),
    .job_pitch_i  (data.pitch),
    .out_rd_en_o,
    .out_rd_addr_o,
    .out_rd_data_i,
    .beat_valid_o (beat_valid),
    .beat_ready_i (beat_ready),
    .beat_data_o  (beat_data),
    .beat_strb_o  (beat_strb),
    .busy_o       (data_busy)
  );

  logic beats_busy;
  tessera_store_beats #(
    .Lead(Lead)
  ) u_beats (
    .clk_i,
    .rst_ni,
    .stop_i       (stop),
    .open_valid_i (req_fire),
    .open_ready_o (open_ready),
    .open_len_i   (req_o.len),
    .beat_valid_i (beat_valid),
    .beat_ready_o (beat_ready),
    .beat_data_i  (beat_data),
    .beat_strb_i  (beat_strb),
    .wdata_valid_o,
    .wdata_ready_i,
    .wdata_o,
    .busy_o       (beats_busy)
  );

  logic empty;
  assign empty   = !slots_busy && !front_valid && !gen_busy && !data_valid && !data_busy && !beats_busy;
  assign quiet_o = empty;

  always_comb begin
    activity_o = ActMem;
    if (wdata_valid_o && wdata_ready_i) activity_o = ActBusy;
    else if (empty)                     activity_o = ActIdle;
  end

  // The encoding's other fields were the dispatcher's business.
  logic unused;
  assign unused = ^{issue_store, unused_front_count, unused_data_count};

`ifndef SYNTHESIS
  logic in_reset;
  assign in_reset = !rst_ni;

  a_request_stable        : assert property (@(posedge clk_i) disable iff (in_reset)
      req_valid_o && !req_ready_i |=> req_valid_o && $stable(req_o));
  a_instruction_not_empty : assert property (@(posedge clk_i) disable iff (in_reset)
      take |-> issue_store.rows != '0 && issue_store.row_bytes != '0);
`endif

endmodule
