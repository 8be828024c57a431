# SPDX-License-Identifier: Apache-2.0
"""Generates everything that spec/hbm.toml is the source of; run by gen_spec.py.

A register word has fields; a register without fields is one field of 32 bits. RW and RWL words are numbered in address order: their
storage in the RTL is an array, and the functions below say which word is where and which values it may take.
"""

import sys
import tomllib

SOURCE = "spec/hbm.toml"
ACCESSES = ("RO", "RW", "RWL", "WO", "W1C")
WRITABLE = ("RW", "RWL", "WO", "W1C")


def check(condition: bool, message: str) -> None:
    if not condition:
        sys.exit(f"{SOURCE}: {message}")


def load(root) -> dict:
    with open(root / SOURCE, "rb") as file:
        spec = tomllib.load(file)
    enums = {enum["name"]: enum for enum in spec["enum"]}
    for enum in spec["enum"]:
        codes = [value["value"] for value in enum["values"]]
        check(len(set(codes)) == len(codes), f"enum {enum['name']}: a value is used twice")
        check(max(codes) < 1 << enum["width"], f"enum {enum['name']}: a value needs more than {enum['width']} bits")
    names = [reg["name"] for reg in spec["register"]]
    check(len(set(names)) == len(names), "two registers have one name")
    end = 0
    for reg in spec["register"]:
        name = reg["name"]
        reg.setdefault("words", 1)
        reg["whole"] = "fields" not in reg
        reg.setdefault("fields", [{"name": "VALUE", "lsb": 0, "width": 32, "doc": reg["doc"]}])
        check(reg["access"] in ACCESSES, f"{name}: access must be one of {', '.join(ACCESSES)}")
        check(reg["offset"] % 4 == 0 and reg["offset"] >= end, f"{name}: not on a word of its own")
        end = reg["offset"] + 4 * reg["words"]
        check(end <= 0x1000, f"{name}: past the 4 KiB of registers")
        bit = 0
        for field in reg["fields"]:
            where = f"{name}.{field['name']}"
            check(field["lsb"] >= bit, f"{where}: overlaps the field before it")
            bit = field["lsb"] + field["width"]
            check(bit <= 32, f"{where}: past bit 31")
            most = (1 << field["width"]) - 1
            if "enum" in field:
                check(field["enum"] in enums, f"{where}: unknown enum")
                most = max(value["value"] for value in enums[field["enum"]]["values"])
            field.setdefault("reset", 0)
            field.setdefault("min", 0)
            field.setdefault("max", most)
            check(field["max"] <= most, f"{where}: max does not fit")
            legal = field["min"] <= field["reset"] <= field["max"]
            check(legal or "reset_doc" in reg or reg["access"] in ("WO", "RO"), f"{where}: resets to an illegal value")
        reg["mask"] = sum(((1 << field["width"]) - 1) << field["lsb"] for field in reg["fields"])
        reg["reset"] = sum(field["reset"] << field["lsb"] for field in reg["fields"])
    return spec


def camel(name: str) -> str:
    return "".join(part[0].upper() + part[1:].lower() for part in name.split("_"))


def rw_registers(spec: dict) -> list[dict]:
    """RW and RWL registers, each with the index of its first word."""
    found, index = [], 0
    for reg in spec["register"]:
        if reg["access"] in ("RW", "RWL"):
            found.append({**reg, "index": index})
            index += reg["words"]
    return found


def rw_runs(spec: dict) -> list[tuple]:
    """Runs of neighbouring words with the same lock: first and last word, index of the first, locked."""
    runs = []
    for reg in rw_registers(spec):
        locked = int(reg["access"] == "RWL")
        if runs and runs[-1]["end"] == reg["offset"] and runs[-1]["locked"] == locked:
            runs[-1]["last"] = reg
        else:
            runs.append({"first": reg, "last": reg, "locked": locked})
        runs[-1]["end"] = reg["offset"] + 4 * reg["words"]
    return [(word(run["first"], 0), word(run["last"], run["last"]["words"] - 1), run["first"]["index"], run["locked"]) for run in runs]


def rw_words(spec: dict) -> int:
    last = rw_registers(spec)[-1]
    return last["index"] + last["words"]


def word(reg: dict, i: int) -> str:
    base = f"Reg{camel(reg['name'])}[11:2]"
    return base if i == 0 else f"{base} + 10'd{i}"


# SystemVerilog -------------------------------------------------------------------------------------------


def sv_range(field: dict) -> str:
    top = field["lsb"] + field["width"] - 1
    return f"value[{top}]" if field["width"] == 1 else f"value[{top}:{field['lsb']}]"


def sv_conditions(field: dict) -> list[str]:
    conditions = []
    if field["min"] > 0:
        conditions.append(f"{sv_range(field)} >= {field['width']}'d{field['min']}")
    if field["max"] < (1 << field["width"]) - 1:
        conditions.append(f"{sv_range(field)} <= {field['width']}'d{field['max']}")
    return conditions


def sv_layout(reg: dict) -> list[tuple]:
    return [(field["name"], field["lsb"], field["width"]) for field in reg["fields"]]


def sv_structs(spec: dict) -> list[str]:
    """One struct per layout, named after the first register that has it."""
    lines, layouts = [], []
    for reg in spec["register"]:
        if sv_layout(reg) in layouts or sv_layout(reg) == [(reg["fields"][0]["name"], 0, reg["fields"][0]["width"])]:
            continue
        layouts.append(sv_layout(reg))
        lines += sv_struct(reg, [other["name"] for other in spec["register"] if sv_layout(other) == sv_layout(reg)])
    return lines


def sv_struct(reg: dict, users: list[str]) -> list[str]:
    lines = ["", f"  // {', '.join(users)}", "  typedef struct packed {"]
    bit, gap = 32, 0
    for field in reversed(reg["fields"]):
        end = field["lsb"] + field["width"]
        if end < bit:
            lines.append(f"    logic [{bit - end - 1}:0] reserved_{gap};")
            gap += 1
        size = f" [{field['width'] - 1}:0]" if field["width"] > 1 else ""
        lines.append(f"    logic{size} {field['name'].lower()};")
        bit = field["lsb"]
    if bit > 0:
        lines.append(f"    logic [{bit - 1}:0] reserved_{gap};")
    return lines + [f"  }} {reg['name'].lower()}_reg_t;"]


def gen_sv(spec: dict) -> str:
    rw = rw_registers(spec)
    count = rw_words(spec)
    out = [
        "// SPDX-License-Identifier: Apache-2.0 WITH SHL-2.1",
        "//",
        f"// GENERATED by scripts/gen_spec.py from {SOURCE}: edit that, not this.",
        "",
        "package tessera_hbm_spec_gen_pkg;",
        "",
    ]
    for name, const in spec["constants"].items():
        out.append(f"  localparam logic [31:0] {camel(name)} = 32'h{const['value']:08x};  // {const['doc']}")
    for enum in spec["enum"]:
        out += ["", f"  // {enum['doc']}", f"  typedef enum logic [{enum['width'] - 1}:0] {{"]
        for i, value in enumerate(enum["values"]):
            comma = "," if i + 1 < len(enum["values"]) else ""
            out.append(f"    {camel(enum['name'])}{camel(value['name'])} = {enum['width']}'d{value['value']}{comma}  // {value['doc']}")
        out.append(f"  }} {enum['name']}_e;")
    out += ["", "  // Register byte offsets"]
    for reg in spec["register"]:
        out.append(f"  localparam logic [11:0] Reg{camel(reg['name'])} = 12'h{reg['offset']:03x};")
    out += sv_structs(spec)

    out += ["", "  // Words that keep what is written, numbered in address order", f"  localparam int unsigned RwWords = {count};"]
    for reg in rw:
        out.append(f"  localparam int unsigned Rw{camel(reg['name'])} = {reg['index']};")
    by_word = [reg for reg in rw for _ in range(reg["words"])]
    for name, key in (("Mask", "mask"), ("Reset", "reset")):
        out.append(f"  localparam logic [RwWords-1:0][31:0] Rw{name} = {{")
        values = [f"32'h{reg[key]:08x}" for reg in reversed(by_word)]
        rows = [", ".join(values[i : i + 8]) for i in range(0, count, 8)]
        out.append(",\n".join("    " + row for row in rows))
        out.append("  };")

    out += [
        "",
        "  typedef struct packed {",
        "    logic       hit;     // The word is one of them",
        "    logic       locked;  // Writable only while nothing runs",
        "    logic [5:0] index;",
        "  } rw_select_t;",
        "",
        "  function automatic rw_select_t rw_select(logic [9:0] word);",
    ]
    check(count <= 64, "more than 64 RW words: widen rw_select_t.index")
    for first, last, index, locked in rw_runs(spec):
        out.append(
            f"    if (word >= {first} && word <= {last}) begin\n"
            f"      return '{{hit: 1'b1, locked: 1'b{locked}, index: 6'(word - {first}) + 6'd{index}}};\n    end"
        )
    out += ["    return '0;", "  endfunction"]

    out += [
        "",
        "  // A register that may be written has these words, no bit outside its fields is set and every field is legal.",
        "  function automatic logic write_legal(logic [9:0] word, logic [31:0] value);",
        "    case (word)",
    ]
    for reg in spec["register"]:
        if reg["access"] not in WRITABLE or reg["offset"] >= 0x800:
            continue
        conditions = [f"(value & ~32'h{reg['mask']:08x}) == '0"] if reg["mask"] != 0xFFFFFFFF else []
        for field in reg["fields"]:
            conditions += sv_conditions(field)
        items = ", ".join(word(reg, i) for i in range(reg["words"]))
        out.append(f"      {items}: return {' && '.join(conditions) or chr(49) + chr(39) + 'b1'};")
    out += ["      default: return 1'b0;", "    endcase", "  endfunction", "", "endpackage", ""]
    return "\n".join(out)


# C++ -----------------------------------------------------------------------------------------------------


def gen_cpp(spec: dict) -> str:
    out = [
        "// SPDX-License-Identifier: Apache-2.0",
        "//",
        f"// GENERATED by scripts/gen_spec.py from {SOURCE}: edit that, not this.",
        "//",
        "// The HBM3 channel's registers: offsets, fields, and a table of all of them for drivers, printers and tests.",
        "",
        "#pragma once",
        "",
        "#include <array>",
        "#include <cstdint>",
        "#include <span>",
        "#include <string_view>",
        "",
        "namespace tessera::hbm {",
        "",
    ]
    for name, const in spec["constants"].items():
        out.append(f"inline constexpr std::uint32_t k{camel(name)} = 0x{const['value']:x};  // {const['doc']}")
    for enum in spec["enum"]:
        out += ["", f"// {enum['doc']}", f"enum class {camel(enum['name'])} : std::uint8_t {{"]
        for value in enum["values"]:
            out.append(f"  k{camel(value['name'])} = {value['value']},  // {value['doc']}")
        out += ["};", f"inline constexpr std::array<std::string_view, {len(enum['values'])}> k{camel(enum['name'])}Names = {{"]
        out.append("    " + ", ".join(f'"{value["name"]}"' for value in enum["values"]) + "};")
    out += ["", "// Register byte offsets"]
    for reg in spec["register"]:
        out.append(f"inline constexpr unsigned kReg{camel(reg['name'])} = 0x{reg['offset']:03x};  // {reg['doc']}")
    out += [
        "",
        "struct Field {",
        "  std::string_view name;",
        "  unsigned lsb;",
        "  unsigned width;",
        "  std::uint32_t reset;",
        "  std::uint32_t min;  // Least and largest legal value",
        "  std::uint32_t max;",
        "",
        "  constexpr std::uint32_t mask() const {",
        "    return static_cast<std::uint32_t>(((std::uint64_t{1} << width) - 1) << lsb);",
        "  }",
        "  constexpr std::uint32_t get(std::uint32_t word) const { return (word & mask()) >> lsb; }",
        "  constexpr std::uint32_t put(std::uint32_t value) const { return value << lsb & mask(); }",
        "  // `word` with this field replaced.",
        "  constexpr std::uint32_t set(std::uint32_t word, std::uint32_t value) const {",
        "    return (word & ~mask()) | put(value);",
        "  }",
        "};",
        "",
        "enum class Access : std::uint8_t {",
        "  kRo,",
        "  kRw,",
        "  kRwl,  // Writable only while nothing runs",
        "  kWo,",
        "  kW1c,",
        "};",
        "",
        "struct Register {",
        "  std::string_view name;",
        "  unsigned offset;",
        "  unsigned words;",
        "  Access access;",
        "  bool reset_by_build;  // Field::reset does not apply: see docs/hbm/registers.md",
        "  std::span<const Field> fields;",
        "};",
        "",
    ]
    for reg in spec["register"]:
        name = camel(reg["name"])
        out.append(f"inline constexpr std::array<Field, {len(reg['fields'])}> k{name}Fields = {{{{")
        for field in reg["fields"]:
            numbers = ", ".join(str(field[key]) for key in ("lsb", "width", "reset", "min", "max"))
            out.append(f'    {{"{field["name"]}", {numbers}}},')
        out.append("}};")
        if not reg["whole"]:
            for i, field in enumerate(reg["fields"]):
                out.append(f"inline constexpr Field k{name}{camel(field['name'])} = k{name}Fields[{i}];  // {field['doc']}")
    out += ["", f"inline constexpr std::array<Register, {len(spec['register'])}> kRegisters = {{{{"]
    for reg in spec["register"]:
        name = camel(reg["name"])
        by_build = "true" if "reset_doc" in reg else "false"
        access = f"Access::k{camel(reg['access'])}"
        out.append(f'    {{"{reg["name"]}", kReg{name}, {reg["words"]}, {access}, {by_build}, k{name}Fields}},')
    out += ["}};", "", "}  // namespace tessera::hbm", ""]
    return "\n".join(out)


# Documentation -------------------------------------------------------------------------------------------


def gen_md(spec: dict) -> str:
    out = [
        f"<!-- GENERATED by scripts/gen_spec.py from {SOURCE}: edit that, not this. -->",
        "# Registers of the HBM3 channel",
        "",
        "AXI4-Lite, 32 bit. RO: read only. RW: read and write. RWL: locked while the channel runs; "
        f"{spec['locked_doc']}. WO: reads as 0. W1C: writing 1 clears.",
        "Any other access, a set bit outside the fields and a value outside a field's range answer SLVERR and change nothing. "
        "64-bit values have their low word first; reading the low word keeps the high word for the next read, and COUNT.ENABLE = 0 "
        "stops all of them at once. Offsets from 0x800 go to the PHY ([phy.md](phy.md)).",
        "",
        "| offset | register | access | meaning |",
        "|---|---|---|---|",
    ]
    for reg in spec["register"]:
        offset = f"0x{reg['offset']:03x}"
        if reg["words"] > 1:
            offset += f" - 0x{reg['offset'] + 4 * reg['words'] - 4:03x}"
        out.append(f"| {offset} | {reg['name']} | {reg['access']} | {reg['doc']} |")
    out += ["", "## Fields", "", "| register | bits | field | reset | legal | meaning |", "|---|---|---|---|---|---|"]
    for reg in spec["register"]:
        if reg["whole"]:
            continue
        for field in reg["fields"]:
            top = field["lsb"] + field["width"] - 1
            bits = f"{top}:{field['lsb']}" if field["width"] > 1 else str(top)
            keeps = reg["access"] in ("RW", "RWL")
            reset = "" if not keeps else "*" if "reset_doc" in reg else str(field["reset"])
            limited = field["min"] > 0 or field["max"] < (1 << field["width"]) - 1
            legal = f"{field['min']} - {field['max']}" if limited and reg["access"] in WRITABLE else ""
            doc = field["doc"] + (f" ([{field['enum']}](#{field['enum']}))" if "enum" in field else "")
            out.append(f"| {reg['name']} | {bits} | {field['name']} | {reset} | {legal} | {doc} |")
    out += ["", "\\* Depends on the build:"]
    out += [f"- {reg['name']}: {reg['reset_doc']}." for reg in spec["register"] if "reset_doc" in reg]
    for enum in spec["enum"]:
        out += ["", f"### {enum['name']}", "", enum["doc"], "", "| value | name | meaning |", "|---|---|---|"]
        out += [f"| {value['value']} | {value['name']} | {value['doc']} |" for value in enum["values"]]
    return "\n".join(out) + "\n"


OUTPUTS = {
    "rtl/hbm/pkg/tessera_hbm_spec_gen_pkg.sv": gen_sv,
    "sw/hbm/registers_gen.hpp": gen_cpp,
    "docs/hbm/registers.md": gen_md,
}
