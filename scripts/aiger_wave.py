# SPDX-License-Identifier: Apache-2.0
"""Replays abc's counterexample of an AIGER model and writes it as a wave: every wire that has a name."""

import pathlib
from collections.abc import Iterator


class Model:
    """An AIGER file (binary, zero-initialised latches) as Yosys writes it."""

    def __init__(self, path: pathlib.Path):
        with open(path, "rb") as file:
            header = [int(word) for word in file.readline().split()[1:]]
            variables, self.inputs, latches, outputs, ands = header[:5]
            properties = sum(header[5:])
            self.next = [int(file.readline().split()[0]) for _ in range(latches)]
            for _ in range(outputs + properties):
                file.readline()
            self.first_and = variables - ands + 1
            self.ands = []
            for i in range(ands):
                literal = 2 * (self.first_and + i)
                left = literal - self._delta(file)
                self.ands.append((left, left - self._delta(file)))

    @staticmethod
    def _delta(file) -> int:
        value = shift = 0
        while True:
            byte = file.read(1)[0]
            value |= (byte & 0x7F) << shift
            if byte < 0x80:
                return value
            shift += 7

    def run(self, stimulus: list[str]) -> Iterator[list[int]]:
        """Values of all variables, cycle by cycle; `stimulus` has a character per input."""
        state = [0] * len(self.next)
        for line in stimulus:
            values = [0] + [int(bit == "1") for bit in line[: self.inputs].ljust(self.inputs, "0")] + state
            for left, right in self.ands:
                values.append((values[left >> 1] ^ left & 1) & (values[right >> 1] ^ right & 1))
            yield values
            state = [values[literal >> 1] ^ literal & 1 for literal in self.next]


def read_names(path: pathlib.Path, model: Model) -> dict[str, dict[int, int]]:
    """Literals of the bits of every wire with a name of its own."""
    names: dict[str, dict[int, int]] = {}
    for line in path.read_text().splitlines():
        fields = line.split(maxsplit=3)
        if len(fields) != 4:
            continue
        kind, index, bit, name = fields[0], int(fields[1]), fields[2], fields[3]
        if kind == "input":
            literal = 2 * (1 + index)
        elif kind in ("latch", "invlatch"):
            literal = 2 * (1 + model.inputs + index) + (kind == "invlatch")
        elif kind == "wire":
            literal = index
        else:
            continue
        if "$" not in name:
            names.setdefault(name.removeprefix("\\"), {})[int(bit)] = literal
    return names


def write_vcd(aig: pathlib.Path, names: pathlib.Path, witness: pathlib.Path, vcd: pathlib.Path) -> None:
    """`witness` is what abc's write_cex -a leaves: a line of latches, then a line of inputs per cycle."""
    model = Model(aig)
    wires = sorted(read_names(names, model).items())
    lines = [line.strip() for line in witness.read_text().replace("#", "\n#").splitlines()]
    stimulus = [line for line in lines if line and line[0] in "01"][1:]
    with open(vcd, "w") as out:
        out.write("$timescale 1ns $end\n")
        scope: list[str] = []
        for number, (name, bits) in enumerate(wires):
            *path, leaf = name.split(".")
            while scope != path[: len(scope)]:
                out.write("$upscope $end\n")
                scope.pop()
            for part in path[len(scope):]:
                out.write(f"$scope module {part} $end\n")
                scope.append(part)
            out.write(f"$var wire {max(bits) + 1} w{number} {leaf} $end\n")
        out.write("$upscope $end\n" * len(scope) + "$enddefinitions $end\n")
        for cycle, values in enumerate(model.run(stimulus)):
            out.write(f"#{10 * cycle}\n")
            for number, (_, bits) in enumerate(wires):
                word = ["x"] * (max(bits) + 1)
                for bit, literal in bits.items():
                    word[-1 - bit] = str(values[literal >> 1] ^ literal & 1)
                out.write(f"b{''.join(word)} w{number}\n")
        out.write(f"#{10 * len(stimulus)}\n")
