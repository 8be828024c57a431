// SPDX-License-Identifier: Apache-2.0 WITH SHL-2.1
//
// Types of the HBM3 channel: addresses, timings, the DFI-style boundary, the pins, and the words between the blocks of the
// controller. docs/hbm/ says what they mean; encodings on the pins are in hbm3_enc_pkg, registers in tessera_hbm_spec_gen_pkg.
//
// Units: a tick is half a CK; a CK is the command clock (0.625 ns at 6.4 Gb/s); a cycle is a DFI clock of DfiRatio CK.

package tessera_hbm_pkg;

  localparam int unsigned PseudoChannels = 2;  // Per channel
  localparam int unsigned DfiRatio       = 2;  // CK per controller cycle

  // Widths of the largest part; a build uses fewer stack IDs and rows by parameter.
  localparam int unsigned SidBits  = 2;
  localparam int unsigned BgBits   = 2;
  localparam int unsigned BaBits   = 2;
  localparam int unsigned RowBits  = 15;
  localparam int unsigned ColBits  = 5;  // 32 bursts of 32 bytes: a 1 KiB row
  localparam int unsigned BankBits = SidBits + BgBits + BaBits;

  localparam int unsigned GrainBits   = 256;  // 32 DQ x BL8
  localparam int unsigned EccBits     = 16;   // Metadata that travels with a grain: 2 ECC pins x BL8
  localparam int unsigned StackAddrBits = 48; // AXI byte address

  typedef logic [SidBits-1:0] sid_t;
  typedef logic [BgBits-1:0]  bg_t;
  typedef logic [BaBits-1:0]  ba_t;
  typedef logic [RowBits-1:0] row_t;
  typedef logic [ColBits-1:0] col_t;
  typedef logic [GrainBits-1:0]   grain_t;
  typedef logic [GrainBits/8-1:0] strb_t;
  typedef logic [EccBits-1:0]     ecc_t;

  // A bank of a pseudo-channel. As a number: {sid, bg, ba}.
  typedef struct packed {
    sid_t sid;
    bg_t  bg;
    ba_t  ba;
  } bank_t;

  // A grain of a pseudo-channel.
  typedef struct packed {
    bank_t bank;
    row_t  row;
    col_t  col;
  } daddr_t;

  // Timings, in nCK, as docs/hbm/protocol.md defines them; the names are JEDEC's without the leading t.
  typedef struct packed {
    logic [5:0]  rl;      // Read latency
    logic [5:0]  wl;      // Write latency
    logic [6:0]  rcdrd;
    logic [6:0]  rcdwr;
    logic [6:0]  rp;
    logic [6:0]  ras;
    logic [7:0]  rc;
    logic [3:0]  rrds;
    logic [3:0]  rrdl;
    logic [6:0]  faw;
    logic [3:0]  ccds;
    logic [3:0]  ccdl;
    logic [3:0]  ccdr;
    logic [4:0]  wtrs;
    logic [4:0]  wtrl;
    logic [5:0]  rtw;
    logic [4:0]  rtp;
    logic [6:0]  wr;
    logic [3:0]  ppd;
    logic [10:0] rfcab;
    logic [10:0] rfcpb;
    logic [5:0]  rrefd;
    logic [13:0] refi;    // Of all banks, at TEMP 1x
    logic [5:0]  xp;      // Power-down exit to any command
    logic [10:0] xs;      // Self-refresh exit to any command
    logic [5:0]  cke;     // Shortest power-down or self-refresh
    logic [5:0]  mrd;     // MRS to any command
  } timing_t;

  localparam int unsigned BurstCk = 2;  // BL8 at 4 beats per CK

  // HBM3 6.4 Gb/s; sources in docs/hbm/protocol.md.
  localparam timing_t Timing6400 = '{
    rl: 6'd20, wl: 6'd10, rcdrd: 7'd31, rcdwr: 7'd15, rp: 7'd26, ras: 7'd45, rc: 8'd72,
    rrds: 4'd4, rrdl: 4'd5, faw: 7'd24, ccds: 4'd2, ccdl: 4'd4, ccdr: 4'd3,
    wtrs: 5'd7, wtrl: 5'd10, rtw: 6'd20, rtp: 5'd9, wr: 7'd33, ppd: 4'd2,
    rfcab: 11'd560, rfcpb: 11'd320, rrefd: 6'd13, refi: 14'd6240,
    xp: 6'd12, xs: 11'd576, cke: 6'd8, mrd: 6'd16
  };

  // Commands ---------------------------------------------------------------------------------------------
  typedef enum logic [3:0] {
    RowNop   = 4'd0,
    RowAct   = 4'd1,   // 3 half-CK slots from a rising edge
    RowPrePb = 4'd2,   // Either edge
    RowPreAb = 4'd3,   // Either edge
    RowRefPb = 4'd4,   // The rest: rising edge only
    RowRefAb = 4'd5,
    RowRfmPb = 4'd6,
    RowRfmAb = 4'd7,
    RowPde   = 4'd8,   // Power-down entry, exit; self-refresh entry, exit: the whole channel, pc is ignored
    RowPdx   = 4'd9,
    RowSre   = 4'd10,
    RowSrx   = 4'd11
  } row_op_e;

  typedef enum logic [2:0] {
    ColNop = 3'd0,
    ColRd  = 3'd1,
    ColRda = 3'd2,
    ColWr  = 3'd3,
    ColWra = 3'd4,
    ColMrs = 3'd5   // The whole channel, pc is ignored
  } col_op_e;

  typedef struct packed {
    row_op_e op;
    logic    pc;
    bank_t   bank;
    row_t    row;
  } dfi_row_t;

  typedef struct packed {
    col_op_e    op;
    logic       pc;
    bank_t      bank;
    col_t       col;
    logic [4:0] mr_addr;
    logic [7:0] mr_data;
  } dfi_col_t;

  // DFI, controller to PHY, whole channel. Slots in time order: phase 0 rising, phase 0 falling, phase 1 rising, phase 1 falling.
  typedef struct packed {
    dfi_row_t [DfiRatio-1:0][1:0] row;      // [phase][edge]
    dfi_col_t [DfiRatio-1:0]      col;      // [phase], both edges of the CK
    logic     [DfiRatio-1:0]      par_flip; // Send this CK's command parity wrong (error injection)
  } dfi_cmd_t;

  // DFI, one pseudo-channel's write data. A burst is two consecutive phases, the earlier holding its low half.
  typedef struct packed {
    logic [DfiRatio-1:0]                        en;    // wrdata_en: tphy_wrlat after the command; data follow by tphy_wrdata
    logic [DfiRatio-1:0][GrainBits/DfiRatio-1:0] data;
    logic [DfiRatio-1:0][EccBits/DfiRatio-1:0]   ecc;
  } dfi_wr_t;

  // DFI, one pseudo-channel's read data. Words come in order and a burst is DfiRatio words, so it fills one cycle.
  typedef struct packed {
    logic                        valid;
    logic                        par_err;  // Parity of this burst was wrong on the pins
    logic [GrainBits-1:0]        data;
    logic [EccBits-1:0]          ecc;
  } dfi_rd_t;

  // Pins ---------------------------------------------------------------------------------------------------
  localparam int unsigned DqLanes    = 32;
  localparam int unsigned EccLanes   = 2;
  localparam int unsigned DbiLanes   = 4;
  localparam int unsigned SpareLanes = 2;   // Per pseudo-channel: spare 0 for lanes of DQ[15:0], spare 1 for DQ[31:16]
  // Lane numbers of a pseudo-channel: 0..31 DQ, 32..33 ECC, 34..37 DBI, 38 DPAR, 39..40 spare (RD).
  localparam int unsigned Lanes   = DqLanes + EccLanes + DbiLanes + 1 + SpareLanes;  // 41
  localparam int unsigned DlyBits = 6;      // Delay codes
  localparam int unsigned Beats   = 4;      // Per CK and lane

  // Data lanes of a pseudo-channel, one controller cycle: [CK][beat][lane]. strobe[CK]: WDQS or RDQS toggles in that CK.
  typedef struct packed {
    logic [DfiRatio-1:0]                       strobe;
    logic [DfiRatio-1:0][Beats-1:0][Lanes-1:0] lane;
  } lanes_t;

  // Channel to device. Delay codes stand for the analogue delay of each path, which digital pins cannot carry: the device
  // decides whether a lane sampled with that delay gets its bits right.
  typedef struct packed {
    logic                                  reset_n;
    logic [DfiRatio-1:0][1:0][9:0]         r;       // [CK][edge]
    logic [DfiRatio-1:0][1:0][7:0]         c;
    logic [DfiRatio-1:0]                   apar;    // Even parity over the 36 command bits of the CK
    lanes_t [PseudoChannels-1:0]           w;
    logic [DlyBits-1:0]                    dly_ca;
    logic [PseudoChannels-1:0][DlyBits-1:0] dly_wdqs;
    logic [PseudoChannels-1:0][Lanes-1:0][DlyBits-1:0] dly_wr;
    logic [PseudoChannels-1:0][Lanes-1:0][DlyBits-1:0] dly_rd;
    logic                                  wrst_n;  // IEEE 1500
    logic                                  wrck;
    logic                                  selectwir;
    logic                                  shiftwr;
    logic                                  capturewr;
    logic                                  updatewr;
    logic                                  wsi;
  } pins_out_t;

  // Device to channel.
  typedef struct packed {
    lanes_t [PseudoChannels-1:0]           r;
    logic [PseudoChannels-1:0][DfiRatio-1:0] derr;  // A write burst had bad parity
    logic [DfiRatio-1:0]                   aerr;    // A command had bad parity
    logic [2:0]                            temp;    // Gray code of the refresh rate
    logic                                  cattrip;
    logic                                  wso;
  } pins_in_t;

endpackage
