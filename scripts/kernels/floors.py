# SPDX-License-Identifier: Apache-2.0
"""The least that other ways to a product can take: each byte is moved once at the copy bandwidth, tensor cores
multiply at their rate, and no launch takes time. What they really take is more, and is measured on a GPU alone."""


def multiplied(shape, card):
    """Seconds of the tensor cores; a product of 16 x 8 outputs and 16 of k is one interval of a sub-partition."""
    clocks = shape.m * shape.n * shape.k / (16 * 8 * 16) * card.dense_16816_interval
    return clocks / card.sub_partitions / card.multiprocessors / card.clock_hz


def moved(number, card):
    return number / card.copy_bytes_per_second


def bf16(shape, card):
    """Seconds of the product of weights in bf16."""
    number = 2 * (shape.n * shape.k + shape.m * (shape.n + shape.k))
    return max(moved(number, card), multiplied(shape, card))


def dequantized(shape, card, bytes_per_weight):
    """Seconds of weights dequantized to memory, then of their product."""
    return moved(shape.n * shape.k * (bytes_per_weight + 2), card) + bf16(shape, card)
