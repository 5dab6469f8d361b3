#!/usr/bin/env python3
"""Sums of random lists, worked out in whole numbers, against a program's.

usage: oracle.py LISTS SEED COMMAND...

The command gets the name of a file with the lists, see sum_lists.c. With the variable
LONG_LISTS there are a few long ones, too.

A double is a whole multiple of 2**-1074, so the sum of a list is a whole number
of these; Python divides whole numbers with one correct rounding.
"""
import os
import random
import struct
import subprocess
import sys
import tempfile

UNIT = 1 << 1074
SIGN = 1 << 63
NAN = 0x7FF8000000000000
INFINITY = 0x7FF << 52


def bits_of(value):
    return struct.unpack("<Q", struct.pack("<d", value))[0]


def units_of(bits):
    """A finite double as a whole number of 2**-1074."""
    exponent = bits >> 52 & 0x7FF
    mantissa = bits & ((1 << 52) - 1)
    if exponent:
        mantissa = (mantissa | 1 << 52) << (exponent - 1)
    return -mantissa if bits & SIGN else mantissa


def expected(values):
    special = {b if b & ((1 << 52) - 1) == 0 else NAN
               for b in values if b >> 52 & 0x7FF == 0x7FF}
    if NAN in special or len(special) > 1:
        return NAN
    if special:
        return special.pop()
    if values and all(b == SIGN for b in values):
        return SIGN
    total = sum(map(units_of, values))
    try:
        return bits_of(total / UNIT)
    except OverflowError:
        return INFINITY | (SIGN if total < 0 else 0)


def any_bits(draw):
    return draw.getrandbits(64)


def between_one(draw):
    return bits_of(draw.uniform(-1, 1))


def subnormal(draw):
    return draw.getrandbits(1) << 63 | draw.getrandbits(draw.choice((1, 30, 52)))


def largest(draw):
    return (draw.getrandbits(1) << 63 | draw.choice((0x7FE, 0x7FD, 0x7FC)) << 52
            | draw.getrandbits(52))


def unusual(draw):
    return draw.choice((0, SIGN, INFINITY, INFINITY | SIGN, 1, SIGN | 1))


def negative_zero(draw):
    return SIGN


def finite(draw):
    return (draw.getrandbits(1) << 63 | draw.randrange(0x7FF) << 52
            | draw.getrandbits(52))


def rarely_infinite(draw):
    return INFINITY if draw.randrange(5000) == 0 else finite(draw)


def near_tie(draw):
    return bits_of(draw.choice((1.0, -1.0, 1.5)) * 2.0 ** draw.randrange(-60, 60))


KINDS = (any_bits, between_one, subnormal, largest, unusual, negative_zero,
         finite, near_tie)
CANCEL = (between_one, subnormal, largest, finite, near_tie)


def draw_list(draw):
    kind = draw.choice(KINDS)
    values = [kind(draw) for _ in range(draw.choice((0, 1, 2, 3, 5, 10, 50, 100)))]
    if kind in CANCEL and draw.getrandbits(1):
        opposite = [b ^ SIGN for b in values]
        draw.shuffle(opposite)
        values += opposite[:draw.randrange(len(opposite) + 1)]
        draw.shuffle(values)
    return values


def draw_long(draw, kind):
    """So many values that each of a few ranks adds its own by their exponents."""
    values = [kind(draw) for _ in range(20000)]
    if kind in CANCEL:
        # Most have the same sign, and half of them cancel.
        values = [b & ~SIGN for b in values]
        values += [b | SIGN for b in values[:10000]]
        draw.shuffle(values)
    return values + values[:10000]


def main():
    if len(sys.argv) < 4:
        sys.exit(__doc__)
    count = int(sys.argv[1])
    draw = random.Random(int(sys.argv[2]))
    lists = [draw_list(draw) for _ in range(count)]
    if os.environ.get("LONG_LISTS"):
        lists += [draw_long(draw, kind) for kind in KINDS + (rarely_infinite,)]
        count = len(lists)
    text = "".join("%d %s\n" % (draw.randrange(1 << 32), " ".join("%x" % b for b in v))
                   for v in lists)
    # In a file: not every launcher hands standard input on to a rank.
    with tempfile.NamedTemporaryFile("w") as file:
        file.write(text)
        file.flush()
        got = subprocess.run(sys.argv[3:] + [file.name], stdout=subprocess.PIPE,
                             check=True, text=True).stdout.split()
    if len(got) != count:
        sys.exit("%d sums of %d lists" % (len(got), count))
    wrong = 0
    for values, word in zip(lists, got):
        if int(word, 16) != expected(values):
            wrong += 1
            if wrong < 5:
                print("FAILED: %s, not %016x: %s" % (
                    word, expected(values), " ".join("%x" % b for b in values)))
    print("%d lists, %d values, %d wrong" % (count, sum(map(len, lists)), wrong))
    sys.exit(wrong > 0)


main()
