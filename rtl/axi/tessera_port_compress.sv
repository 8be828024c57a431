// SPDX-License-Identifier: Apache-2.0 WITH SHL-2.1
//
// Address of a byte within its memory port: the global address without the bits that chose the port. Combinational.
//
// Takes the log2(Ports) bits from interleave_i up out of the address and closes the gap, so each port sees a dense range
// from 0. Nothing is cut off at the top: an address past the last port's memory stays past it, and memory answers DECERR.

module tessera_port_compress
  import tessera_pkg::*;
#(
  parameter int unsigned Ports = 2  // A power of two, at most 16
) (
  input  logic [3:0] interleave_i,  // log2 of the bytes of a granule, 8 to 12
  input  mem_addr_t  addr_i,
  output mem_addr_t  addr_o
);

  if (Ports == 0 || Ports > 16 || (Ports & (Ports - 1)) != 0) begin : gen_bad_ports
    $error("tessera_port_compress: Ports must be a power of two, at most 16");
  end

  localparam int unsigned PortBits = $clog2(Ports);

  mem_addr_t below;  // Bits within a granule
  assign below  = (mem_addr_t'(1) << interleave_i) - mem_addr_t'(1);
  assign addr_o = (addr_i & below) | ((addr_i >> PortBits) & ~below);

endmodule
