# SPDX-License-Identifier: Apache-2.0
"""How many blocks of a kernel an SM of a card holds."""

import collections

# dynamic_shared: bytes that the launch adds, which no cubin tells.
Launch = collections.namedtuple("Launch", "threads registers static_shared dynamic_shared")

DEFAULT_THREADS = 256


def launch_of(function, dynamic_shared=0, threads=0):
    """The Launch of a sass.Function; threads that nothing tells are DEFAULT_THREADS."""
    return Launch(threads or function.threads or DEFAULT_THREADS, function.registers,
                  function.static_shared, dynamic_shared)


def warps_of(launch):
    return -(-launch.threads // 32)


def shared_of(launch):
    return launch.static_shared + launch.dynamic_shared


def blocks_at_once(card, launch):
    """0: a block does not fit. Registers are given to warps in units of 256, shared memory, with what the
    system keeps, to blocks in units of 128 bytes."""
    warps, shared = warps_of(launch), shared_of(launch)
    if shared > card.shared_bytes_block:
        return 0
    of_warp = -(-max(launch.registers, 1) * 32 // 256) * 256
    of_block = -(-(shared + card.shared_bytes_reserved) // 128) * 128
    warps_with_registers = card.sub_partitions * (card.registers // card.sub_partitions // of_warp)
    return min(card.blocks, card.warps // warps, warps_with_registers // warps, card.shared_bytes // of_block)
