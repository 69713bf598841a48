# SPDX-License-Identifier: Apache-2.0
"""The numbers of a compiled kernel, from the output of `nvdisasm -json` and `ptxas -v`."""

import collections
import re
import subprocess

from accesses import in_shared, is_served, wavefronts

INSTRUCTION_BYTES = 16
BRANCHES = {"BRA", "BRX", "JMP"}

# Pipes of an SM by the first part of an opcode; others belong to the integer ALU. The first match
# decides. Source: the Nsight Compute guide, section 2.3.6.
PIPES = [
    ("tensor", r"[HIQBD]MMA|HGMMA|IGMMA|QGMMA|UTC\w*MMA"),
    ("xu", r"MUFU|I2F|F2I|F2F|FRND|POPC|FLO|BREV"),
    ("fp64", r"D(FMA|ADD|MUL|SETP)"),
    ("imad", r"IMAD|IDP|IDP4A"),
    ("fma", r"FFMA2?|FADD2?|FMUL2?|H(FMA|ADD|MUL)2|FSWZADD"),
    ("lsu", r"LD[GSL]?|LDSM|LDGSTS|LDGDEPBAR|ST[GSL]?|ATOM[GS]?|RED[GS]?|REDAS|SHFL|S2R|BAR|MEMBAR|"
            r"MATCH|CCTL|ERRBAR|SYNCS"),
    ("branch", r"BRA|BRX|JMP|CALL|RET|EXIT|BSSY|BSYNC|BREAK|WARPSYNC|YIELD|BMOV|NANOSLEEP"),
    ("uniform", r"U[A-Z]\w*|R2UR|LDCU|S2UR|CS2UR|LDC|PLOP3U"),
]

# target: an index, or None.
Instruction = collections.namedtuple("Instruction", "opcode target predicate", defaults=("",))


def instructions_of(document):
    """{mangled name: [Instruction]} of the parsed output of `nvdisasm -json`."""
    functions = {}
    for function in document[1]:
        start, read = function.get("start", 0), []
        for one in function["sass-instructions"]:
            target = None
            if one["opcode"].split(".")[0] in BRANCHES:
                address = re.search(r"0x[0-9a-f]+", one.get("operands", ""))
                target = address and (int(address[0], 16) - start) // INSTRUCTION_BYTES
            read.append(Instruction(one["opcode"], target, one.get("predicate", "")))
        functions[function["function-name"]] = read
    return functions


def pipe(opcode):
    head = opcode.split(".")[0]
    for name, pattern in PIPES:
        if re.fullmatch(pattern, head):
            return name
    return "alu"


def count(instructions, opcode):
    """Counts `opcode` with any further parts: LDG.E.U8 includes LDG.E.U8.CONSTANT."""
    return sum(one.opcode == opcode or one.opcode.startswith(opcode + ".") for one in instructions)


def innermost_loops(instructions):
    """The bodies of innermost backward branches. A branch to itself is padding."""
    ends = {}  # first -> last: a loop may branch back from several places
    for last, one in enumerate(instructions):
        if one.target is not None and 0 <= one.target < last:
            ends[one.target] = last
    return [instructions[first:last + 1] for first, last in ends.items()
            if not any(first <= a and b <= last and (a, b) != (first, last)
                       for a, b in ends.items())]


def counted_part(instructions, how):
    """(instructions, weights): the instructions that a thread executes for so many weights.

    With how["marker"], an opcode: the innermost loop with the most of it; how["markers_per_weight"]
    of them make a weight (8 weights a load of 16 bytes: 0.125), so unrolling changes no meaning. Else how["weights"] a thread:
    all up to the last EXIT (subroutines of the compiler lie behind it). (None, 0): no such part.
    """
    if "marker" not in how:
        exits = [i for i, one in enumerate(instructions) if one.opcode.startswith("EXIT")]
        return (instructions[:exits[-1] + 1], how["weights"]) if exits else (None, 0)
    loops = innermost_loops(instructions)
    loop = max(loops, key=lambda body: count(body, how["marker"]), default=[])
    weights = counted_weights(loop, how)
    return (loop, weights) if weights else (None, 0)


def counted_weights(loop, how):
    """The weights that a thread takes in a turn, by their marker; 0 where that makes no whole ones."""
    if "marker" not in how:
        return 0
    weights, rest = divmod(count(loop, how["marker"]), how["markers_per_weight"])
    return 0 if rest else weights


def resources(log):
    """{mangled name: {registers, shared_bytes, spilled_bytes}} of the output of `ptxas -v`."""
    found, name = {}, None
    for line in log.splitlines():
        if entry := re.search(r"Function properties for (\S+)|Compiling entry function '(\S+)'",
                              line):
            name = entry[1] or entry[2]
        elif frame := re.search(r"(\d+) bytes spill stores, (\d+) bytes spill loads", line):
            found.setdefault(name, {})["spilled_bytes"] = int(frame[1]) + int(frame[2])
        elif used := re.search(r"Used (\d+) registers", line):
            shared = re.search(r"(\d+) bytes smem", line)
            found.setdefault(name, {}).update(
                registers=int(used[1]), shared_bytes=int(shared[1]) if shared else 0)
    return found


TYPES = {"__nv_bfloat16": "bf16", "__half": "fp16", "float": "fp32"}


def mode_name(constant):
    """The mode of its constant: nf4-dq for kNf4Dq, q4_k for kQ4_K."""
    return re.sub(r"(?<=[^_])(?=[A-Z])", "-", constant[1:]).lower()


def short_name(demangled):
    """The short name of a kernel: gemv/nf4/bf16 for void qbench::cuda::gemv<qbench::cuda::Of<qbench::kNf4>, ...>(...)."""
    name = re.sub(r"^void |qbench::(cuda::)?", "", demangled).split("(")[0].strip()
    name = re.sub(r"(?:Units)?Of<&?(k\w+)>", lambda found: mode_name(found[1]), name)
    for long, short in TYPES.items():
        name = name.replace(long, short)
    return "/".join(re.split(r"[<,>]\s*", name.rstrip("> ")))


def short_names(mangled):
    """{mangled: short name}."""
    result = subprocess.run(["c++filt"], input="\n".join(mangled), text=True, check=True,
                            capture_output=True)
    return {name: short_name(line) for name, line in zip(mangled, result.stdout.splitlines())}


def names_in(ptx):
    """{mangled: short name} of the kernels in a file of PTX; none where there is no such file."""
    try:
        with open(ptx, encoding="ascii") as file:
            return short_names(re.findall(r"\.entry\s+(\w+)", file.read()))
    except FileNotFoundError:
        return {}


def served(part):
    """The wavefronts of the load and store unit, without conflicts, and those of them in shared memory."""
    every = [one.opcode for one in part if is_served(one.opcode) and not one.predicate.startswith("@!PT")]
    return [wavefronts(o) for o in every], [wavefronts(o) for o in every if in_shared(o)]


def measure_one(instructions, used, how):
    """The numbers of a kernel. `how`: what is a weight of it, or {}."""
    numbers = {"registers": used["registers"], "shared_bytes": used["shared_bytes"]}
    local = sum(count(instructions, opcode) for opcode in ("LDL", "STL"))
    wide = sum(one.opcode.startswith("LDG") and ".128" in one.opcode for one in instructions)
    for field, value in (("spilled_bytes", used["spilled_bytes"]),
                         ("local_accesses", local), ("wide_loads", wide)):
        if value:
            numbers[field] = value
    if "marker" in how or "weights" in how:
        part, weights = counted_part(instructions, how)
        if part:
            pipes = {}
            for one in part:
                name = pipe(one.opcode)
                pipes[name] = pipes.get(name, 0) + 1 / weights
            numbers["instructions_per_weight"] = round(len(part) / weights, 3)
            numbers["pipes"] = {k: round(v, 3) for k, v in sorted(pipes.items())}
            numbers["lsu_wavefronts"], numbers["shared_wavefronts"] = (
                round(sum(waves) / weights, 3) for waves in served(part))
    return numbers


def measure(document, log, definition):
    """{short name: numbers} of an architecture; definition(short name) is what a weight of it is."""
    functions, used = instructions_of(document), resources(log)
    names = short_names(list(functions))
    return {names[f]: measure_one(functions[f], used[f], definition(names[f]))
            for f in sorted(functions, key=names.get)}
