// SPDX-License-Identifier: Apache-2.0 WITH SHL-2.1
//
// Words between the blocks of the HBM3 controller; docs/hbm/theory.md has the picture.

package tessera_hbm_ctl_pkg;

  import tessera_hbm_pkg::*;

  localparam int unsigned RobBits  = 8;  // Width of a reorder-buffer index: at most 256 grains
  localparam int unsigned SlotBits = 6;  // Width of a queue slot number: at most 64 entries

  // AXI responses.
  localparam logic [1:0] RespOkay   = 2'b00;
  localparam logic [1:0] RespSlvErr = 2'b10;
  localparam logic [1:0] RespDecErr = 2'b11;

  // Where a read's data go.
  typedef struct packed {
    logic               merge;  // 0: to reorder-buffer entry idx; 1: into the write in slot idx (read-modify-write)
    logic [RobBits-1:0] idx;
  } rd_tag_t;

  // A grain of a write burst. resp other than OKAY: nothing to be written, that is the answer.
  typedef struct packed {
    daddr_t     addr;
    logic       last;     // Of its burst
    logic [1:0] resp;
    strb_t      strb;
    grain_t     data;
  } wr_grain_t;

  // Scheduling policy, from registers.
  typedef struct packed {
    logic [5:0]  hit_cap;     // Row hits served in a row while another request waits for the bank; 0: no cap
    logic [11:0] age_limit;   // Cycles after which a request goes before every younger one; 0: never
    logic [6:0]  wr_high;     // Write drain starts at this many waiting writes...
    logic [6:0]  wr_low;      // ...and ends at this many
    logic [9:0]  wr_idle;     // Cycles without a waiting read after which writes drain whatever their number
    logic        auto_pre;    // Page policy: 0 open, 1 auto-precharge with the last queued hit
  } sched_cfg_t;

  // Refresh policy, from registers.
  typedef struct packed {
    logic [1:0]  mode;        // 0 per bank with all-bank fallback, 1 all-bank only, 2 per bank only, 3 off (tests only)
    logic [3:0]  force_refi;  // Debt, in tREFI, from which a refresh goes before requests (hidden policy: 4)
    logic [3:0]  pull_in;     // Refreshes done ahead while idle, in tREFI; at most 8
    logic [9:0]  raaimt;      // 0: no RFM
    logic [9:0]  raammt;
  } ref_cfg_t;

  // Refresh manager to scheduler. Held until granted or withdrawn.
  typedef struct packed {
    logic    valid;
    logic    urgent;          // Goes before requests: the scheduler stops serving the bank (all banks for REFab, RFMab)
    row_op_e op;              // RowRefPb, RowRefAb, RowRfmPb or RowRfmAb
    bank_t   bank;
  } ref_req_t;

  // Scheduler's row-bus candidates of this cycle, already legal by timing.
  typedef struct packed {
    logic     valid;
    logic     urgent;
    dfi_row_t cmd;
  } row_req_t;

  // What a pseudo-channel did this cycle; every cycle is in exactly one.
  typedef enum logic [2:0] {
    BucketRead    = 3'd0,  // Sent RD
    BucketWrite   = 3'd1,  // Sent WR
    BucketTurn    = 3'd2,  // A row hit waits only for the turn of the data bus or write recovery (RTW, WTR)
    BucketCol     = 3'd3,  // A row hit waits for column spacing (CCD) or RCD
    BucketRow     = 3'd4,  // Requests wait, none for an open row of theirs: PRE, ACT, FAW
    BucketRefresh = 3'd5,  // Requests wait, all of them for banks being or about to be refreshed
    BucketIdle    = 3'd6,  // Nothing to send (writes below the watermark count as nothing)
    BucketStop    = 3'd7   // Initialising, update, power-down, self-refresh, fatal
  } bucket_e;

  // One-cycle events of a pseudo-channel, for the counters.
  typedef struct packed {
    logic row_hit;        // A column command whose row was open already when its request was pushed
    logic row_miss;       // ACT of a bank that was closed for other reasons than a conflict
    logic row_conflict;   // PRE because a request wants another row
    logic ref_pb;
    logic ref_ab;
    logic rfm;
    logic ecc_corrected;
    logic ecc_uncorrectable;
    logic rd_retry;       // Read burst repeated after a parity error
    logic wr_retry;
    logic scrub;          // Corrected data written back
    logic rmw;            // Partial write merged
  } pc_event_t;

  // An error with an address, for the log registers.
  typedef enum logic [2:0] {
    ErrNone          = 3'd0,
    ErrCorrected     = 3'd1,
    ErrUncorrectable = 3'd2,
    ErrReadParity    = 3'd3,  // Retries exhausted
    ErrWriteParity   = 3'd4,
    ErrAddress       = 3'd5   // Outside the part: DECERR
  } err_kind_e;

  typedef struct packed {
    logic      valid;
    err_kind_e kind;
    daddr_t    addr;
    logic [9:0] syndrome;
  } err_log_t;

  // Error injection: flips bits of the codeword {ecc, data} of the next write burst that goes out, after encoding. Pulse.
  typedef struct packed {
    logic [1:0] count;    // 0: nothing; 1: bit_a; 2: bit_a and bit_b
    logic [8:0] bit_a;    // 0 to 255 data, 256 to 271 ecc
    logic [8:0] bit_b;
  } inject_t;

  // What is switched on, from register FEATURES. The upper five are what mode register Mr_Features holds.
  typedef struct packed {
    logic cmd_parity;
    logic rd_parity;
    logic wr_parity;
    logic rd_dbi;
    logic wr_dbi;
    logic scrub;         // Write corrected data back
    logic ecc;           // Correct and detect errors
  } features_t;

  // A read burst was looked at: its read is finished in the next cycle, or will be repeated.
  typedef struct packed {
    logic    valid;
    logic    retry;
    rd_tag_t tag;
  } rd_early_t;

  // A read is finished.
  typedef struct packed {
    logic     valid;
    rd_tag_t  tag;
    logic     err;        // Data are not what was written
    logic     corrected;  // They are, but what memory holds is not
    err_log_t log;        // Its address is that of the read in any case
    grain_t   data;
  } rd_done_t;

  // A grain of a write burst left the write head's stage.
  typedef struct packed {
    logic       valid;
    logic       last;     // Of its burst
    logic       pending;  // A merge will follow
    logic [1:0] resp;
  } wr_left_t;

  // Address map: device bit i of {sid, bg, ba, row, col} (daddr_t, bit 0 = col[0]) takes grain-address bit sel[i]; each bank
  // bit is then XORed with the parity of the row bits in its fold mask. A permutation, so always one to one.
  localparam int unsigned MapBits = $bits(daddr_t);  // 26
  typedef struct packed {
    logic [BankBits-1:0][RowBits-1:0] fold;
    logic [MapBits-1:0][4:0]          sel;
  } map_t;

endpackage
