// SPDX-License-Identifier: Apache-2.0 WITH SHL-2.1
//
// Keeps the STORE engine's instructions until their bursts are answered, completes them in order, reports faults.
//
//   Handshake   take_i puts issue_i into slot tail_o; only while free_o. sent_i counts a burst of a slot,
//               sent_final_i its last. A response counts one down. done is a pulse; fault a level until flush_i.
//   Latency     last response to done 1 cycle.
//   Throughput  1 instruction in and 1 out per cycle, and a response per port.
//   Reset       Frees all slots.

module tessera_store_slots
  import tessera_spec_gen_pkg::ADDR_BITS, tessera_spec_gen_pkg::store_t, tessera_spec_gen_pkg::ErrorBusWrite;
  import tessera_pkg::*;
#(
  parameter int unsigned Ports     = 2,
  parameter int unsigned InFlight  = 8,   // Slots, a power of two
  parameter int unsigned MaxBursts = 64,  // Bursts unanswered per port
  localparam int unsigned SlotBits = $clog2(InFlight),
  localparam int unsigned PortBits = Ports > 1 ? $clog2(Ports) : 1
) (
  input  logic                clk_i,
  input  logic                rst_ni,
  input  logic                flush_i,

  // Instructions in
  input  logic                take_i,
  input  issue_t              issue_i,
  output logic                free_o,
  output logic [SlotBits-1:0] tail_o,

  // Requests
  input  logic                raised_i,      // A request is raised and not taken
  output logic                note_ready_o,  // Its port, sent_port_i, may have one more unanswered burst
  input  logic                sent_i,        // A request is taken
  input  logic [PortBits-1:0] sent_port_i,
  input  logic [SlotBits-1:0] sent_slot_i,
  input  logic                sent_final_i,

  // Responses, in the order of the requests for each port
  input  logic [Ports-1:0]                resp_valid_i,
  input  logic [Ports-1:0]                resp_err_i,
  input  logic [Ports-1:0][ADDR_BITS-1:0] resp_addr_i,

  // Control
  output logic                done_valid_o,
  output sem_mask_t           done_post_o,
  output pc_t                 done_pc_o,
  output grain_t              done_word_o,
  output logic                fault_valid_o,
  output fault_t              fault_o,
  output logic                busy_o         // A slot is in use
);

  localparam int unsigned CountBits = $clog2(Ports * MaxBursts + 1);

  typedef logic [SlotBits-1:0]  slot_t;
  typedef logic [CountBits-1:0] count_t;

  // Slots of the unanswered bursts of each port
  slot_t            resp_slot [Ports];
  logic [Ports-1:0] note_ready, note_valid;
  for (genvar p = 0; p < Ports; p++) begin : gen_note
    logic push;
    logic [$clog2(MaxBursts + 1)-1:0] unused_count;
    assign push = sent_i && sent_port_i == PortBits'(p);

    tessera_fifo #(
      .Width(SlotBits),
      .Depth(MaxBursts)
    ) u_note (
      .clk_i,
      .rst_ni,
      .valid_i(push),
      .ready_o(note_ready[p]),
      .data_i (sent_slot_i),
      .valid_o(note_valid[p]),
      .ready_i(resp_valid_i[p]),
      .data_o (resp_slot[p]),
      .count_o(unused_count)
    );

    logic unused;
    assign unused = ^unused_count;
  end
  assign note_ready_o = note_ready[sent_port_i];

  // Slots head_q up to used_q further on are in use. count_q: bursts sent and unanswered. complete_q: all are sent.
  issue_t              issue_q [InFlight];
  count_t              count_d [InFlight], count_q [InFlight];
  logic [InFlight-1:0] complete_d, complete_q;
  slot_t               head_d, head_q, tail_d, tail_q;
  logic [SlotBits:0]   used_d, used_q;

  logic stop, fault_valid_d, fault_valid_q, retire;
  assign stop   = flush_i || fault_valid_q;
  assign retire = used_q != '0 && count_q[head_q] == '0 && (complete_q[head_q] || (stop && !raised_i));

  always_comb begin
    complete_d = complete_q;
    for (int unsigned s = 0; s < InFlight; s++) begin
      count_d[s] = count_q[s];
      if (sent_i && sent_slot_i == slot_t'(s)) begin
        count_d[s] = count_d[s] + count_t'(1);
        if (sent_final_i) complete_d[s] = 1'b1;
      end
      for (int unsigned p = 0; p < Ports; p++) begin
        if (resp_valid_i[p] && resp_slot[p] == slot_t'(s)) count_d[s] = count_d[s] - count_t'(1);
      end
    end
    if (take_i) complete_d[tail_q] = 1'b0;
    head_d = retire ? head_q + slot_t'(1) : head_q;
    tail_d = take_i ? tail_q + slot_t'(1) : tail_q;
    used_d = used_q + (SlotBits + 1)'(take_i) - (SlotBits + 1)'(retire);
  end

  // The lowest port wins when two report an error at a time.
  logic   error;
  fault_t fault_d, fault_q;
  slot_t  error_slot;
  mem_addr_t  error_addr;
  always_comb begin
    error      = 1'b0;
    error_slot = '0;
    error_addr = '0;
    for (int unsigned p = 0; p < Ports; p++) begin
      if (resp_valid_i[p] && resp_err_i[p] && !error) begin
        error      = 1'b1;
        error_slot = resp_slot[p];
        error_addr = resp_addr_i[p];
      end
    end
  end
  assign fault_valid_d = !flush_i && (fault_valid_q || error);
  assign fault_d       = '{error: ErrorBusWrite, pc: issue_q[error_slot].pc, word: issue_q[error_slot].word,
                           addr: error_addr};

  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) begin
      head_q        <= '0;
      tail_q        <= '0;
      used_q        <= '0;
      complete_q    <= '0;
      fault_valid_q <= 1'b0;
      for (int unsigned s = 0; s < InFlight; s++) count_q[s] <= '0;
    end else begin
      head_q        <= head_d;
      tail_q        <= tail_d;
      used_q        <= used_d;
      complete_q    <= complete_d;
      fault_valid_q <= fault_valid_d;
      count_q       <= count_d;
    end
  end

  always_ff @(posedge clk_i) begin
    if (take_i) issue_q[tail_q] <= issue_i;
    if (error && !fault_valid_q) fault_q <= fault_d;
  end

  store_t head_store;
  assign head_store    = store_t'(issue_q[head_q].word);
  assign free_o        = used_q != (SlotBits + 1)'(InFlight);
  assign tail_o        = tail_q;
  assign done_valid_o  = retire && !stop;
  assign done_post_o   = head_store.post_mask;
  assign done_pc_o     = issue_q[head_q].pc;
  assign done_word_o   = issue_q[head_q].word;
  assign fault_valid_o = fault_valid_q;
  assign fault_o       = fault_q;
  assign busy_o        = used_q != '0;

  logic unused;
  assign unused = ^{head_store, note_valid};

`ifndef SYNTHESIS
  logic in_reset;
  assign in_reset = !rst_ni;

  a_take_only_when_free    : assert property (@(posedge clk_i) disable iff (in_reset)
      take_i |-> free_o);
  a_retired_is_answered    : assert property (@(posedge clk_i) disable iff (in_reset)
      retire |-> !(sent_i && sent_slot_i == head_q));
  a_fault_held_until_flush : assert property (@(posedge clk_i) disable iff (in_reset)
      fault_valid_o && !flush_i |=> fault_valid_o && $stable(fault_o));
  for (genvar p = 0; p < Ports; p++) begin : gen_check
    count_t awaited;
    assign awaited = count_q[resp_slot[p]];
    a_answer_was_awaited : assert property (@(posedge clk_i) disable iff (in_reset)
        resp_valid_i[p] |-> note_valid[p] && awaited != '0);
  end
`endif

endmodule
