// SPDX-License-Identifier: Apache-2.0 WITH SHL-2.1
//
// Memory port of a byte address: (addr_i >> interleave_i) mod Ports. Combinational.

module tessera_port_select
  import tessera_pkg::*;
#(
  parameter int unsigned Ports = 2,  // A power of two, at most 16
  localparam int unsigned PortBits = Ports > 1 ? $clog2(Ports) : 1
) (
  input  logic [3:0]          interleave_i,  // log2 of the bytes of a granule, 8 to 12
  input  mem_addr_t               addr_i,
  output logic [PortBits-1:0] port_o
);

  if (Ports == 0 || Ports > 16 || (Ports & (Ports - 1)) != 0) begin : gen_bad_ports
    $error("tessera_port_select: Ports must be a power of two, at most 16");
  end

  // Bits 12 + PortBits and up, and 7 down to 0, cannot matter.
  logic [3:0]          shift;
  logic [PortBits+3:0] shifted;
  assign shift   = interleave_i - 4'd8;
  assign shifted = addr_i[8+:PortBits+4] >> shift;
  assign port_o  = shifted[PortBits-1:0] & PortBits'(Ports - 1);

  logic unused;
  assign unused = ^{addr_i, shifted};

endmodule
