// SPDX-License-Identifier: Apache-2.0 WITH SHL-2.1
//
// How commands, mode registers and IEEE 1500 instructions look on the pins.
//
// Follows public facts: 10 row and 8 column pins per channel; ACT takes three half-CK slots from a rising edge, other row
// commands one; column commands take one CK; which edge a command may start on. Placeholder, to be replaced from the user's own
// copy of JESD238: every bit position and code below. Nothing outside this file and its C++ twin (tb/hbm/encoding.hpp) depends
// on them.

package hbm3_enc_pkg;

  import tessera_hbm_pkg::*;

  // Row bus. First slot of any command: {op[2:0], pc, sid[1:0], bg[1:0], ba[1:0]}. An idle bus is all ones.
  localparam logic [2:0] ROp_Act = 3'd0;   // Then slot 2: row[9:0], slot 3: {5'b0, row[14:10]}
  localparam logic [2:0] ROp_PrePb = 3'd1;
  localparam logic [2:0] ROp_RefPb = 3'd2;
  localparam logic [2:0] ROp_RfmPb = 3'd3;
  localparam logic [2:0] ROp_Misc = 3'd4;  // The bank field holds {2'b0, code[3:0]}
  localparam logic [2:0] ROp_Nop = 3'd7;
  localparam logic [3:0] RMisc_PreAb = 4'd0;
  localparam logic [3:0] RMisc_RefAb = 4'd1;
  localparam logic [3:0] RMisc_RfmAb = 4'd2;
  localparam logic [3:0] RMisc_Pde = 4'd3;
  localparam logic [3:0] RMisc_Pdx = 4'd4;
  localparam logic [3:0] RMisc_Sre = 4'd5;
  localparam logic [3:0] RMisc_Srx = 4'd6;

  // Column bus, rising then falling edge: {op[2:0], pc, sid[1:0], bg[1:0]}, {1'b0, ba[1:0], col[4:0]}.
  // MRS: {op[2:0], mr_addr[4:0]}, {mr_data[7:0]}. An idle bus is all ones.
  localparam logic [2:0] COp_Rd = 3'd0;
  localparam logic [2:0] COp_Rda = 3'd1;
  localparam logic [2:0] COp_Wr = 3'd2;
  localparam logic [2:0] COp_Wra = 3'd3;
  localparam logic [2:0] COp_Mrs = 3'd4;
  localparam logic [2:0] COp_Nop = 3'd7;

  // Mode registers, 8 bit.
  localparam logic [4:0] Mr_Features = 5'd0;  // Bit 0 write DBI, 1 read DBI, 2 write data parity, 3 read data parity, 4 command parity
  localparam logic [4:0] Mr_Rl = 5'd1;        // Read latency, nCK
  localparam logic [4:0] Mr_Wl = 5'd2;        // Write latency, nCK
  localparam logic [4:0] Mr_Train = 5'd3;     // Bit 0: reads and writes go to the training FIFO, not to the array

  // IEEE 1500 wrapper instructions, 8 bit, shifted LSB first. {data register length}
  localparam logic [7:0] Wir_Bypass = 8'h00;      // 1
  localparam logic [7:0] Wir_DeviceId = 8'h01;    // 32, read
  localparam logic [7:0] Wir_Temperature = 8'h02; // 8, read: degrees Celsius
  localparam logic [7:0] Wir_LaneRepair = 8'h03;  // 32, write: per pc p and spare s, byte 2p+s: {enable, 1'b0, lane[5:0]}

endpackage
