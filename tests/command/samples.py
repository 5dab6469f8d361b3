#!/usr/bin/env python3
"""Print samples.txt: the samples that `cohort sweep` has to draw, byte for byte.

usage: samples.py >samples.txt

None of cohort's code is used. The random numbers are Philox4x32-10 as its paper
defines it (Salmon, Moraes, Dror, Shaw: Parallel random numbers: as easy as 1, 2, 3,
SC 2011), tried here on the vectors that its authors publish. The points of Sobol's
sequence are made from the first lines of Joe and Kuo's table new-joe-kuo-6.21201.
Functions are series and polynomials in plain IEEE arithmetic, so that they have the
same bits everywhere; each value is compared here with what Python's own functions say.
"""
import math
import statistics

COUNT = 20
SEED = 12345678901234567890
COLUMNS = "u=uniform:-1:3 n=normal:10:2.5 l=loguniform:0.001:10000 " \
    "t=triangular:0:1:4 c=choice:a,b,c"
VALUE, ORDER, SHIFT = range(3)  # what a random number is for


def philox(counter, key):
    c, k = list(counter), list(key)
    for _ in range(10):
        p0, p1 = 0xD2511F53 * c[0], 0xCD9E8D57 * c[2]
        c = [p1 >> 32 ^ c[1] ^ k[0], p1 & 0xFFFFFFFF,
             p0 >> 32 ^ c[3] ^ k[1], p0 & 0xFFFFFFFF]
        k = [(k[0] + 0x9E3779B9) & 0xFFFFFFFF, (k[1] + 0xBB67AE85) & 0xFFFFFFFF]
    return c


def try_philox():
    ones = 0xFFFFFFFF
    for counter, key, result in (
            ([0] * 4, [0] * 2, "6627e8d5 e169c58d bc57ac4c 9b00dbd8"),
            ([ones] * 4, [ones] * 2, "408f276d 41c83b0e a20bc7c6 6d5451fd"),
            ([0x243F6A88, 0x85A308D3, 0x13198A2E, 0x03707344],
             [0xA4093822, 0x299F31D0], "d16cfe09 94fdcceb 5001e420 24126ea1")):
        assert " ".join("%08x" % word for word in philox(counter, key)) == result


def draw(row, column, purpose):
    """64 random bits: the counter is the row (64 bits), the column and the purpose."""
    words = philox([row & 0xFFFFFFFF, row >> 32, column, purpose],
                   [SEED & 0xFFFFFFFF, SEED >> 32])
    return words[1] << 32 | words[0]


def random_unit(row, column):
    """The middle of one of 2^52 cells of (0, 1)."""
    return ((draw(row, column, VALUE) >> 12) + 0.5) * 2.0 ** -52


def shuffled(column):
    """Fisher and Yates from the end; no number that would favour one is used."""
    order, position = list(range(COUNT)), 0
    for left in range(COUNT, 1, -1):
        while True:
            bits = draw(position, column, ORDER)
            position += 1
            if bits < 2 ** 64 - 1 - (2 ** 64 - 1) % left:
                break
        chosen = bits % left
        order[left - 1], order[chosen] = order[chosen], order[left - 1]
    return order


# Degree s, coefficients a, initial numbers m of dimensions 2 to 5.
JOE_KUO = [(1, 0, [1]), (2, 1, [1, 3]), (3, 1, [1, 3, 1]), (3, 2, [1, 1, 1])]


def directions(column):
    """v_i = m_i / 2^i, as integers of 52 bits."""
    if column == 0:
        return [1 << (51 - i) for i in range(52)]
    s, a, m = JOE_KUO[column - 1]
    m = list(m)
    for i in range(s, 52):
        new = m[i - s] ^ m[i - s] << s
        for k in range(1, s):
            new ^= (a >> (s - 1 - k) & 1) * m[i - k] << k
        m.append(new)
    return [m[i] << (51 - i) for i in range(52)]


def sobol_unit(row, column, shift, has_tail):
    number, gray = shift, row ^ row >> 1
    for bit, direction in enumerate(directions(column)):
        if gray >> bit & 1:
            number ^= direction
    if number == 0 and has_tail:
        # The middle of the first cell of 32, since there are 20 points.
        return 1 / 64
    return number * 2.0 ** -52


def units(method, column, has_tail):
    if method == "random":
        return [random_unit(row, column) for row in range(COUNT)]
    if method == "lhs":
        strata = shuffled(column)
        return [(strata[row] + random_unit(row, column)) / COUNT
                for row in range(COUNT)]
    shift = draw(0, column, SHIFT) >> 12 if method == "sobol --seed" else 0
    return [sobol_unit(row, column, shift, has_tail) for row in range(COUNT)]


LN2_HIGH, LN2_LOW = 6.93147180369123816490e-01, 1.90821492927058770002e-10


def exponential(x):
    n = math.floor(x / (LN2_HIGH + LN2_LOW) + 0.5)
    r = (x - n * LN2_HIGH) - n * LN2_LOW
    total = 1.0
    for term in range(17, 0, -1):
        total = 1 + r * total / term
    return math.ldexp(total, n)


def logarithm(x):
    m, n = math.frexp(x)
    if m < math.sqrt(0.5):
        m, n = m * 2, n - 1
    s = (m - 1) / (m + 1)
    total = 0.0
    for term in range(21, 1, -2):
        total = s * s * (1.0 / term + total)
    return n * LN2_HIGH + (n * LN2_LOW + 2 * s * total + 2 * s)


# Wichura, Algorithm AS 241 (Applied Statistics 37, 1988): PPND16.
MIDDLE = [
    [3.3871328727963666080e0, 1.3314166789178437745e+2, 1.9715909503065514427e+3,
     1.3731693765509461125e+4, 4.5921953931549871457e+4, 6.7265770927008700853e+4,
     3.3430575583588128105e+4, 2.5090809287301226727e+3],
    [1.0, 4.2313330701600911252e+1, 6.8718700749205790830e+2,
     5.3941960214247511077e+3, 2.1213794301586595867e+4, 3.9307895800092710610e+4,
     2.8729085735721942674e+4, 5.2264952788528545610e+3]]
TAIL = [
    [1.42343711074968357734e0, 4.63033784615654529590e0, 5.76949722146069140550e0,
     3.64784832476320460504e0, 1.27045825245236838258e0, 2.41780725177450611770e-1,
     2.27238449892691845833e-2, 7.74545014278341407640e-4],
    [1.0, 2.05319162663775882187e0, 1.67638483018380384940e0,
     6.89767334985100004550e-1, 1.48103976427480074590e-1, 1.51986665636164571966e-2,
     5.47593808499534494600e-4, 1.05075007164441684324e-9]]


def ratio(parts, x):
    values = []
    for part in parts:
        total = part[7]
        for coefficient in reversed(part[:7]):
            total = total * x + coefficient
        values.append(total)
    return values[0] / values[1]


def normal_quantile(p):
    q = p - 0.5
    if abs(q) <= 0.425:
        return q * ratio(MIDDLE, 0.180625 - q * q)
    r = math.sqrt(-logarithm(p if q < 0 else 1 - p))
    assert r <= 5
    return math.copysign(ratio(TAIL, r - 1.6), q)


def near(value, other):
    assert math.isclose(value, other, rel_tol=2e-14), (value, other)
    return value


def uniform(u):
    return -1.0 + 4.0 * u


def normal(u):
    return near(10.0 + 2.5 * normal_quantile(u),
                statistics.NormalDist(10, 2.5).inv_cdf(u))


def loguniform(u):
    low, high = logarithm(0.001), logarithm(10000.0)
    value = exponential(low + (high - low) * u) if u > 0 else 0.001
    return near(value, 0.001 * 1e7 ** u)


def triangular(u):
    if u * 4.0 < 1.0:
        return near(math.sqrt(u * 4.0 * 1.0), 2 * math.sqrt(u))
    return near(4.0 - math.sqrt((1 - u) * 4.0 * 3.0), 4 - math.sqrt(12 * (1 - u)))


def choice(u):
    return "abc"[int(u * 3)]


def text(value):
    """The shortest of the decimal numbers that are the double."""
    if isinstance(value, str):
        return value
    return next(t for t in ("%.*g" % (digits, value) for digits in (15, 16, 17))
                if float(t) == value)


def main():
    try_philox()
    quantiles = [uniform, normal, loguniform, triangular, choice]
    for method in ("random", "lhs", "sobol", "sobol --seed"):
        print("#", method)
        print(",".join(column.split("=")[0] for column in COLUMNS.split()))
        columns = [[text(quantile(u)) for u in units(method, c, quantile is normal)]
                   for c, quantile in enumerate(quantiles)]
        for row in zip(*columns):
            print(",".join(row))


if __name__ == "__main__":
    main()
