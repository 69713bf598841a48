# SPDX-License-Identifier: Apache-2.0
"""Machine code with its control words, from a cubin or from text: what scripts/kernels/kernel_cycles issues.

`nvdisasm -json` leaves the control words out. Instruction i of a function is the 16 bytes at 16 i of
section .text.FUNCTION; of its bits 105 and up 4 are the stall count, 1 is yield, 3 are the barrier that
the result sets, 3 the one that the read of the operands sets (7: none), 6 the mask of barriers to wait
for, 4 are of operand caches. So it is from sm_70 to sm_120 (Jia et al., arXiv 1804.06826, section 2.1).
"""

import collections
import json
import struct
import subprocess

import cubin

NO_BARRIER = 7

# target: an index, or None; wait: a mask; barriers: 0..5, or NO_BARRIER.
Instruction = collections.namedtuple(
    "Instruction", "opcode operands predicate target stall write_barrier read_barrier wait")

# threads, registers: of a block and a thread; 0 where the cubin does not say.
Function = collections.namedtuple("Function", "code registers static_shared threads")


def control(word):
    """(stall, write barrier, read barrier, wait mask) of a control word."""
    return word & 15, word >> 5 & 7, word >> 8 & 7, word >> 11 & 63


class Elf:
    """The sections of a cubin."""

    def __init__(self, data):
        self.data = data
        offset, = struct.unpack_from("<Q", data, 0x28)
        count, names = struct.unpack_from("<HH", data, 0x3c)
        headers = [struct.unpack_from("<IIQQQQIIQQ", data, offset + 64 * i) for i in range(count)]
        start = headers[names][4]
        self.headers = {data[start + h[0]:data.index(b"\0", start + h[0])].decode(): h
                        for h in headers}

    def bytes_of(self, name):
        header = self.headers.get(name)
        return self.data[header[4]:header[4] + header[5]] if header else b""

    def size_of(self, name):
        return self.headers[name][5] if name in self.headers else 0

    def symbol_of(self, name):
        return self.headers[name][7] & 0xffffff


def attributes(data):
    """(attribute, payload) of a section .nv.info: records of format, attribute and 16 bits, which for
    format 4 are the length of what follows."""
    at = 0
    while at + 4 <= len(data):
        kind, attribute, size = struct.unpack_from("<BBH", data, at)
        at += 4
        if kind == 4:
            yield attribute, data[at:at + size]
            at += size


def registers_of(elf, function):
    symbol = elf.symbol_of(".text." + function)
    for attribute, payload in attributes(elf.bytes_of(".nv.info")):
        if attribute == 0x2f and struct.unpack_from("<I", payload)[0] == symbol:
            return struct.unpack_from("<I", payload, 4)[0]
    return 0


def threads_of(elf, function):
    for attribute, payload in attributes(elf.bytes_of(".nv.info." + function)):
        if attribute == 0x05:
            x, y, z = struct.unpack("<III", payload)
            return x * y * z
    return 0


def with_controls(function, text):
    """Instructions of an entry of nvdisasm's output and its section."""
    [(_, simple)] = cubin.instructions_of([{}, [function]]).items()
    read = []
    for i, one in enumerate(function["sass-instructions"]):
        high, = struct.unpack_from("<Q", text, 16 * i + 8)
        stall, written, unread, wait = control(high >> 41)
        read.append(Instruction(one["opcode"], one.get("operands", ""), one.get("predicate", ""),
                                simple[i].target, stall, written, unread, wait))
    return read


def read_cubin(path, nvdisasm):
    """(architecture, {mangled name: Function}). From sm_90 on the first KiB of static shared memory is the system's."""
    listing = subprocess.run([nvdisasm, "-json", str(path)], capture_output=True, text=True)
    if listing.returncode:
        raise ValueError(f"nvdisasm cannot read {path}: {listing.stderr.strip()}")
    document = json.loads(listing.stdout)
    version = document[0]["SM"]["version"]
    number = 10 * version["major"] + version["minor"]
    with open(path, "rb") as file:
        elf = Elf(file.read())
    functions = {}
    for function in document[1]:
        name = function["function-name"]
        shared = elf.size_of(".nv.shared." + name) - (1024 if number >= 90 else 0)
        functions[name] = Function(with_controls(function, elf.bytes_of(".text." + name)),
                                   registers_of(elf, name), max(0, shared), threads_of(elf, name))
    return f"sm_{number}", functions


def as_line(one):
    """Text that read_text reads: stall, barriers written and read, wait mask, predicate, opcode, operands."""
    return (f"{one.stall:2} {one.write_barrier} {one.read_barrier} {one.wait:02x} {one.predicate or '-':5} "
            f"{one.opcode} {one.operands}").rstrip()


def read_text(text):
    """Instructions of lines as as_line writes them, without targets; # begins a comment."""
    read = []
    for line in text.splitlines():
        fields = line.split("#")[0].split(None, 6)
        if fields:
            stall, written, unread, wait, predicate, opcode = fields[:6]
            read.append(Instruction(opcode, "".join(fields[6:]).strip(), "" if predicate == "-" else predicate,
                                    None, int(stall), int(written), int(unread), int(wait, 16)))
    return read
