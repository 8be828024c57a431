// SPDX-License-Identifier: Apache-2.0 WITH SHL-2.1
//
// The PHY's registers, an APB4 slave; docs/hbm/phy.md has the map.
//
//   Handshake   APB4 without wait states. pslverr: no such register, or a write that is refused now; nothing happens then.
//   Latency     1 setup and 1 access cycle; a write acts at the end of the access cycle.
//   Throughput  1 access per 2 cycles.
//   Reset       Nothing skipped, no periodic retraining, nothing injected.

module tessera_hbm_phy_csr
  import tessera_hbm_pkg::*;
  import tessera_hbm_phy_pkg::*;
(
  input  logic        clk_i,
  input  logic        rst_ni,

  input  logic        psel,
  input  logic        penable,
  input  logic        pwrite,
  input  logic [11:0] paddr,
  input  logic [31:0] pwdata,
  output logic [31:0] prdata,
  output logic        pready,
  output logic        pslverr,

  // Training and update
  input  train_status_t status_i,
  input  logic        reset_n_i,
  input  logic        pending_i,     // Retraining is due or under way
  input  logic        retrained_i,
  input  logic        lost_i,
  output logic        start_o,       // Pulse
  output logic        retrain_o,     // Pulse
  output skip_t       skip_o,
  output logic [15:0] interval_o,

  // Delay registers
  output dly_req_t    dly_o,
  input  dly_rsp_t    dly_i,

  // Read path
  output logic        flight_wr_o,
  output logic [PseudoChannels-1:0][FlightBits-1:0] flight_o,
  input  logic [PseudoChannels-1:0][FlightBits-1:0] flight_i,
  input  logic [PseudoChannels-1:0] missing_i,
  input  logic [PseudoChannels-1:0] stray_i,
  input  logic [PseudoChannels-1:0] par_err_i,

  // Error injection
  output logic        flip_cmd_o,
  input  logic        flipped_cmd_i,
  output logic [PseudoChannels-1:0] flip_wr_o,
  input  logic [PseudoChannels-1:0] flipped_wr_i,

  // IEEE 1500, for the temperature
  output logic        temp_go_o,     // Pulse
  input  port_rsp_t   port_i
);

  logic [10:0] addr;
  logic        access, is_lane, is_pc1, known, refused, write;
  assign addr    = paddr[10:0];
  assign access  = psel && penable;
  assign is_lane = addr[10:9] == RegLane[10:9] && addr[7:2] < 6'(Lanes) && addr[1:0] == '0;
  assign is_pc1  = addr[8];

  // State behind registers.
  logic [6:0]  sticky_d, sticky_q, sticky_set;
  skip_t       skip_d, skip_q;
  logic [15:0] interval_d, interval_q;
  logic [31:0] retrains_d, retrains_q, cycles_d, cycles_q;
  logic        flip_cmd_d, flip_cmd_q, temp_busy_d, temp_busy_q, temp_valid_d, temp_valid_q, own_q;
  logic [PseudoChannels-1:0] flip_wr_d, flip_wr_q;
  logic [7:0]  temp_d, temp_q;

  // Reads, caught in the setup cycle.
  logic [31:0] read, read_q;
  logic        known_q;
  always_comb begin
    known = 1'b1;
    read  = '0;
    case (addr)
      RegStatus:   read = {3'b0, temp_busy_q, port_i.busy, pending_i, status_i.own, status_i.ready,
                           1'b0, status_i.error_pc, status_i.error_lane, 4'b0, status_i.error, 3'b0, status_i.step};
      RegSticky:   read = {25'b0, sticky_q};
      RegControl:  read = '0;
      RegSkip:     read = {26'b0, skip_q};
      RegInterval: read = {16'b0, interval_q};
      RegRetrains: read = retrains_q;
      RegDeviceId: read = status_i.device_id;
      RegTemp:     read = {temp_busy_q, 22'b0, temp_valid_q, temp_q};
      RegLatency:  read = {21'b0, flight_i[1], 5'b0, flight_i[0]};
      RegRepair:   read = status_i.spare;
      RegInject:   read = {29'b0, flip_wr_q, flip_cmd_q};
      RegCycles:   read = cycles_q;
      RegCa:       read = {17'b0, dly_i.ca_width, 2'b0, dly_i.ca};
      RegWdqs0:    read = {17'b0, dly_i.wdqs_width[0], 2'b0, dly_i.wdqs[0]};
      RegWdqs1:    read = {17'b0, dly_i.wdqs_width[1], 2'b0, dly_i.wdqs[1]};
      default: begin
        known = is_lane;
        if (is_lane) begin
          read = {1'b0, dly_i.wr_width[is_pc1], 2'b0, dly_i.wr[is_pc1],
                  1'b0, dly_i.rd_width[is_pc1], 2'b0, dly_i.rd[is_pc1]};
        end
      end
    endcase
  end

  // Writes that training, or the state, forbids now.
  always_comb begin
    case (addr)
      RegControl: refused = (pwdata[0] && (status_i.step != StepIdle || !reset_n_i)) || (pwdata[1] && !status_i.ready);
      RegTemp:    refused = status_i.own || port_i.busy;
      RegStatus, RegRetrains, RegDeviceId, RegRepair, RegCycles: refused = 1'b1;
      RegSticky, RegSkip, RegInterval, RegInject: refused = 1'b0;
      default:    refused = status_i.own;  // Delays and flight times
    endcase
  end
  assign write   = access && pwrite && known && !refused;
  assign pready  = 1'b1;
  assign pslverr = access && (!known_q || (pwrite && refused));
  assign prdata  = read_q;

  assign start_o     = write && addr == RegControl && pwdata[0];
  assign retrain_o   = write && addr == RegControl && pwdata[1];
  assign temp_go_o   = write && addr == RegTemp;
  assign flight_wr_o = write && addr == RegLatency;
  assign flight_o    = {pwdata[8 +: FlightBits], pwdata[0 +: FlightBits]};
  always_comb begin
    dly_o         = '{sel: addr[7:2], lane_wr: '0, ca_wr: write && addr == RegCa, wdqs_wr: '0,
                      rd: pwdata[0 +: DlyBits], wr: pwdata[16 +: DlyBits]};
    dly_o.lane_wr = {write && is_lane && is_pc1, write && is_lane && !is_pc1};
    dly_o.wdqs_wr = {write && addr == RegWdqs1, write && addr == RegWdqs0};
  end

  assign sticky_set = {par_err_i, lost_i, stray_i, missing_i};
  always_comb begin
    sticky_d     = sticky_q;
    skip_d       = skip_q;
    interval_d   = interval_q;
    flip_cmd_d   = flip_cmd_q && !flipped_cmd_i;
    flip_wr_d    = flip_wr_q & ~flipped_wr_i;
    retrains_d   = retrains_q + 32'(retrained_i);
    cycles_d     = cycles_q;
    temp_busy_d  = temp_busy_q && !port_i.done;
    temp_valid_d = temp_valid_q;
    temp_d       = temp_q;
    if (temp_busy_q && port_i.done) begin
      temp_valid_d = 1'b1;
      temp_d       = port_i.data[7:0];
    end
    if (status_i.own) cycles_d = own_q ? cycles_q + 32'd1 : 32'd1;
    if (write) begin
      case (addr)
        RegSticky:   sticky_d = sticky_q & ~pwdata[6:0];
        RegSkip:     skip_d = pwdata[$bits(skip_t)-1:0];
        RegInterval: interval_d = pwdata[15:0];
        RegInject: begin
          flip_cmd_d = pwdata[0];
          flip_wr_d  = pwdata[2:1];
        end
        RegTemp: begin
          temp_busy_d  = 1'b1;
          temp_valid_d = 1'b0;
        end
        default: ;
      endcase
    end
    sticky_d |= sticky_set;
  end

  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) begin
      sticky_q     <= '0;
      skip_q       <= '0;
      interval_q   <= '0;
      retrains_q   <= '0;
      cycles_q     <= '0;
      flip_cmd_q   <= 1'b0;
      flip_wr_q    <= '0;
      temp_busy_q  <= 1'b0;
      temp_valid_q <= 1'b0;
      temp_q       <= '0;
      own_q        <= 1'b0;
    end else begin
      sticky_q     <= sticky_d;
      skip_q       <= skip_d;
      interval_q   <= interval_d;
      retrains_q   <= retrains_d;
      cycles_q     <= cycles_d;
      flip_cmd_q   <= flip_cmd_d;
      flip_wr_q    <= flip_wr_d;
      temp_busy_q  <= temp_busy_d;
      temp_valid_q <= temp_valid_d;
      temp_q       <= temp_d;
      own_q        <= status_i.own;
    end
  end
  always_ff @(posedge clk_i) begin
    if (psel && !penable) begin
      read_q  <= read;
      known_q <= known;
    end
  end

  assign skip_o     = skip_q;
  assign interval_o = interval_q;
  assign flip_cmd_o = flip_cmd_q;
  assign flip_wr_o  = flip_wr_q;

  logic unused;
  assign unused = ^{paddr[11], port_i.data[31:8]};

`ifndef SYNTHESIS
  logic in_reset;
  assign in_reset = !rst_ni;

  a_apb_setup_before_access : assert property (@(posedge clk_i) disable iff (in_reset)
      access |-> $past(psel && !penable));
  a_apb_stable_from_setup : assert property (@(posedge clk_i) disable iff (in_reset)
      access |-> $stable(paddr) && $stable(pwrite) && $stable(pwdata));
  a_temperature_asked_once : assert property (@(posedge clk_i) disable iff (in_reset)
      temp_go_o |-> !temp_busy_q && !port_i.busy);
`endif

endmodule
