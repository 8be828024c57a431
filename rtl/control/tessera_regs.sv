// SPDX-License-Identifier: Apache-2.0 WITH SHL-2.1
//
// The register map of spec/tessera.toml behind an AXI4-Lite slave.
//
// SLVERR, changing nothing: no register there; a write to RO, a read of WO; a write to RW, or START, while a program
// runs; an INTERLEAVE outside 8 to 12. Bits that a register does not have are ignored and read as 0.
//
//   Handshake   AXI4-Lite, see tessera_axil_slave.
//   Latency     The registers behind the outputs change 2 cycles after the later of AW and W was taken.
//   Reset       WATCHDOG 1,000,000, INTERLEAVE 8, all others 0.

module tessera_regs
  import tessera_pkg::*;
  import tessera_spec_gen_pkg::*;
  import tessera_control_pkg::*;
#(
  parameter int unsigned Rows        = 8,
  parameter int unsigned Cols        = 8,
  parameter int unsigned AccBits     = 128,
  parameter logic [3:0]  Formats     = 4'hf,
  parameter int unsigned ADepth      = 1024,
  parameter int unsigned BDepth      = 1024,
  parameter int unsigned AScaleDepth = 128,
  parameter int unsigned BScaleDepth = 128,
  parameter int unsigned PsumTiles   = 128,
  parameter int unsigned OutDepth    = 2048,
  parameter int unsigned ColDepth    = 64,
  parameter int unsigned LoadLanes   = 2,
  parameter int unsigned Ports       = 2
) (
  input  logic        clk_i,
  input  logic        rst_ni,

  // Host
  input  logic        s_axil_awvalid,
  output logic        s_axil_awready,
  input  logic [11:0] s_axil_awaddr,
  input  logic        s_axil_wvalid,
  output logic        s_axil_wready,
  input  logic [31:0] s_axil_wdata,
  input  logic [3:0]  s_axil_wstrb,
  output logic        s_axil_bvalid,
  input  logic        s_axil_bready,
  output logic [1:0]  s_axil_bresp,
  input  logic        s_axil_arvalid,
  output logic        s_axil_arready,
  input  logic [11:0] s_axil_araddr,
  output logic        s_axil_rvalid,
  input  logic        s_axil_rready,
  output logic [31:0] s_axil_rdata,
  output logic [1:0]  s_axil_rresp,
  output logic        irq_o,

  // To the run state machine
  output logic        start_o,        // Pulse, only while no program runs
  output logic        abort_o,        // Pulse
  output launch_t     launch_o,       // Changes only while no program runs
  output logic [3:0]  interleave_o,   // Changes only while no program runs; 8 to 12

  // What the registers show
  input  logic        done_event_i,   // Pulse
  input  logic        error_event_i,  // Pulse
  input  outcome_t    outcome_i,
  input  sem_value_t [NUM_SEMAPHORES-1:0] semaphore_i,
  input  counters_t   counters_i
);

  localparam logic [31:0] Id      = 32'h5453_5241;  // "TSRA"
  localparam logic [31:0] Version = 32'h0001_0000;  // 1.0

  // Word numbers of registers
  typedef logic [9:0] word_t;
  function automatic word_t word_of(logic [11:0] offset);
    return word_t'(offset >> 2);
  endfunction

  logic        write, write_error, read, read_error, running, rw_hit, rw_write;
  word_t       write_word, read_word;
  logic [31:0] write_data, read_data;
  logic [3:0]  write_strb;

  tessera_axil_slave u_axil (
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
    .write_o      (write),
    .write_word_o (write_word),
    .write_data_o (write_data),
    .write_strb_o (write_strb),
    .write_error_i(write_error),
    .read_o       (read),
    .read_word_o  (read_word),
    .read_data_i  (read_data),
    .read_error_i (read_error)
  );

  launch_t     launch_d, launch_q;
  logic [3:0]  interleave_d, interleave_q;
  logic [1:0]  irq_enable_d, irq_enable_q, irq_status_d, irq_status_q, irq_clear;
  logic [31:0] old_value, new_value;

  assign running = outcome_i.state == StateRunning || outcome_i.state == StateStopping;

  // The RW register that is written, with the bytes of WSTRB replaced.
  always_comb begin
    rw_hit    = 1'b1;
    old_value = '0;
    case (write_word)
      word_of(RegProgBase):              old_value = launch_q.prog_base[31:0];
      word_of(RegProgBase) + word_t'(1): old_value = launch_q.prog_base[63:32];
      word_of(RegProgLen):               old_value = 32'(launch_q.prog_len);
      word_of(RegWatchdog):              old_value = launch_q.watchdog;
      word_of(RegMemBase):               old_value = launch_q.mem_base[31:0];
      word_of(RegMemBase) + word_t'(1):  old_value = launch_q.mem_base[63:32];
      word_of(RegMemLimit):              old_value = launch_q.mem_limit[31:0];
      word_of(RegMemLimit) + word_t'(1): old_value = launch_q.mem_limit[63:32];
      word_of(RegIrqEnable):             old_value = 32'(irq_enable_q);
      word_of(RegInterleave):            old_value = 32'(interleave_q);
      default:                           rw_hit    = 1'b0;
    endcase
    for (int unsigned i = 0; i < 4; i++) new_value[8*i+:8] = write_strb[i] ? write_data[8*i+:8] : old_value[8*i+:8];
  end

  logic to_ctrl, to_irq_status, bad_interleave;
  assign to_ctrl        = write_word == word_of(RegCtrl);
  assign to_irq_status  = write_word == word_of(RegIrqStatus);
  assign bad_interleave = write_word == word_of(RegInterleave) && (new_value < 32'd8 || new_value > 32'd12);
  assign rw_write       = write && rw_hit && !running && !bad_interleave;

  logic asks_start, asks_abort;
  assign asks_start = to_ctrl && write_strb[0] && write_data[0];
  assign asks_abort = to_ctrl && write_strb[0] && write_data[1];
  assign start_o    = write && asks_start && !running;
  assign abort_o    = write && asks_abort && !asks_start;
  assign irq_clear  = write && to_irq_status && write_strb[0] ? write_data[1:0] : '0;

  always_comb begin
    if (to_ctrl) write_error = asks_start && running;
    else if (to_irq_status) write_error = 1'b0;
    else write_error = !rw_hit || running || bad_interleave;
  end

  always_comb begin
    launch_d     = launch_q;
    interleave_d = interleave_q;
    irq_enable_d = irq_enable_q;
    irq_status_d = (irq_status_q & ~irq_clear) | {error_event_i, done_event_i};
    if (rw_write) begin
      case (write_word)
        word_of(RegProgBase):              launch_d.prog_base[31:0]  = new_value;
        word_of(RegProgBase) + word_t'(1): launch_d.prog_base[63:32] = new_value;
        word_of(RegProgLen):               launch_d.prog_len         = new_value[PC_BITS-1:0];
        word_of(RegWatchdog):              launch_d.watchdog         = new_value;
        word_of(RegMemBase):               launch_d.mem_base[31:0]   = new_value;
        word_of(RegMemBase) + word_t'(1):  launch_d.mem_base[63:32]  = new_value;
        word_of(RegMemLimit):              launch_d.mem_limit[31:0]  = new_value;
        word_of(RegMemLimit) + word_t'(1): launch_d.mem_limit[63:32] = new_value;
        word_of(RegIrqEnable):             irq_enable_d              = new_value[1:0];
        default:                           interleave_d              = new_value[3:0];
      endcase
    end
  end

  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) begin
      launch_q     <= '{watchdog: 32'd1_000_000, default: '0};
      interleave_q <= 4'd8;
      irq_enable_q <= '0;
      irq_status_q <= '0;
    end else begin
      launch_q     <= launch_d;
      interleave_q <= interleave_d;
      irq_enable_q <= irq_enable_d;
      irq_status_q <= irq_status_d;
    end
  end

  // Reads. The arrays are words of 32 bits, the lower half of a counter first.
  localparam int unsigned BucketWords = 8 * 2;
  logic [63:0]  count;
  logic [6:0]   in_block;
  logic [31:0]  hw_grid, hw_operand, hw_scale, hw_result, hw_col;
  localparam word_t WaitEnd   = word_t'(RegSemWait[11:2]) + word_t'(2 * NUM_SEMAPHORES);
  localparam word_t BucketEnd = word_t'(RegBucket[11:2]) + word_t'(BucketWords * MaxEngines);

  assign hw_grid    = {4'(Ports), 4'(LoadLanes), 8'(AccBits), 8'(Cols), 8'(Rows)};
  assign hw_operand = {16'(BDepth), 16'(ADepth)};
  assign hw_scale   = {16'(BScaleDepth), 16'(AScaleDepth)};
  assign hw_result  = {16'(OutDepth), 16'(PsumTiles)};
  assign hw_col     = {16'd0, 16'(ColDepth)};

  always_comb begin
    read_error = 1'b0;
    read_data  = '0;
    count      = '0;
    in_block   = '0;
    if (read_word inside {[word_of(RegErrorInstr) : word_of(RegErrorInstr) + word_t'(7)]}) begin
      in_block  = 7'(read_word - word_of(RegErrorInstr));
      read_data = outcome_i.fault.word[32*in_block[2:0]+:32];
    end else if (read_word inside {[word_of(RegSemaphore) : word_of(RegSemaphore) + word_t'(NUM_SEMAPHORES - 1)]}) begin
      in_block  = 7'(read_word - word_of(RegSemaphore));
      read_data = 32'(semaphore_i[in_block[3:0]]);
    end else if (read_word >= word_of(RegSemWait) && read_word < WaitEnd) begin
      in_block  = 7'(read_word - word_of(RegSemWait));
      count     = counters_i.sem_wait[in_block[4:1]];
      read_data = in_block[0] ? count[63:32] : count[31:0];
    end else if (read_word >= word_of(RegBucket) && read_word < BucketEnd) begin
      in_block  = 7'(read_word - word_of(RegBucket));
      if (in_block[3:1] < 3'(Buckets)) count = counters_i.bucket[in_block[6:4]][in_block[3:1]];
      read_data = in_block[0] ? count[63:32] : count[31:0];
    end else begin
      case (read_word)
        word_of(RegId):                        read_data = Id;
        word_of(RegVersion):                   read_data = Version;
        word_of(RegHwGrid):                    read_data = hw_grid;
        word_of(RegHwOperand):                 read_data = hw_operand;
        word_of(RegHwScale):                   read_data = hw_scale;
        word_of(RegHwResult):                  read_data = hw_result;
        word_of(RegHwCol):                     read_data = hw_col;
        word_of(RegHwFormats):                 read_data = 32'(Formats);
        word_of(RegStatus):                    read_data = 32'(outcome_i.state);
        word_of(RegProgBase):                  read_data = launch_q.prog_base[31:0];
        word_of(RegProgBase) + word_t'(1):     read_data = launch_q.prog_base[63:32];
        word_of(RegProgLen):                   read_data = 32'(launch_q.prog_len);
        word_of(RegWatchdog):                  read_data = launch_q.watchdog;
        word_of(RegMemBase):                   read_data = launch_q.mem_base[31:0];
        word_of(RegMemBase) + word_t'(1):      read_data = launch_q.mem_base[63:32];
        word_of(RegMemLimit):                  read_data = launch_q.mem_limit[31:0];
        word_of(RegMemLimit) + word_t'(1):     read_data = launch_q.mem_limit[63:32];
        word_of(RegIrqEnable):                 read_data = 32'(irq_enable_q);
        word_of(RegIrqStatus):                 read_data = 32'(irq_status_q);
        word_of(RegErrorCode):                 read_data = 32'(outcome_i.fault.error);
        word_of(RegErrorPc):                   read_data = 32'(outcome_i.fault.pc);
        word_of(RegErrorInfo):                 read_data = 32'(outcome_i.engine);
        word_of(RegInterleave):                read_data = 32'(interleave_q);
        word_of(RegErrorAddr):                 read_data = outcome_i.fault.addr[31:0];
        word_of(RegErrorAddr) + word_t'(1):    read_data = 32'(outcome_i.fault.addr[ADDR_BITS-1:32]);
        word_of(RegNumStatus):                 read_data = 32'(outcome_i.num_status);
        word_of(RegCycles):                    read_data = counters_i.cycles[31:0];
        word_of(RegCycles) + word_t'(1):       read_data = counters_i.cycles[63:32];
        word_of(RegInstructions):              read_data = counters_i.instructions[31:0];
        word_of(RegInstructions) + word_t'(1): read_data = counters_i.instructions[63:32];
        word_of(RegReadBeats):                 read_data = counters_i.read_beats[31:0];
        word_of(RegReadBeats) + word_t'(1):    read_data = counters_i.read_beats[63:32];
        word_of(RegWriteBeats):                read_data = counters_i.write_beats[31:0];
        word_of(RegWriteBeats) + word_t'(1):   read_data = counters_i.write_beats[63:32];
        word_of(RegPasses):                    read_data = counters_i.passes[31:0];
        word_of(RegPasses) + word_t'(1):       read_data = counters_i.passes[63:32];
        default:                               read_error = 1'b1;
      endcase
    end
  end

  assign launch_o     = launch_q;
  assign interleave_o = interleave_q;
  assign irq_o        = (irq_enable_q & irq_status_q) != '0;

  logic unused_read;  // Reads have no side effects
  assign unused_read = read;

`ifndef SYNTHESIS
  logic in_reset;
  assign in_reset = !rst_ni;

  a_launch_constant_while_running : assert property (@(posedge clk_i) disable iff (in_reset)
      running |=> $stable(launch_o) && $stable(interleave_o));
  a_interleave_legal : assert property (@(posedge clk_i) disable iff (in_reset)
      interleave_o >= 4'd8 && interleave_o <= 4'd12);
`endif

endmodule
