#!/usr/bin/env python3
"""Print sobol_numbers.inc from the direction numbers that SciPy comes with.

usage: sobol_numbers.py > sobol_numbers.inc
"""
import os

import numpy
import scipy.stats

DIMENSIONS = 1111
HEAD = """\
/*
 * Primitive polynomials and initial direction numbers of Sobol' sequences in {}
 * dimensions: the first ones of new-joe-kuo-6.21201 by S. Joe and F. Y. Kuo
 * (Constructing Sobol sequences with better two-dimensional projections, SIAM
 * J. Sci. Comput. 30, 2635-2654, 2008). Taken from the copy in SciPy 1.10.1 by
 * tools/params/sobol_numbers.py. A line is a dimension: the polynomial with all
 * its coefficients as bits, and as many odd numbers as its degree. The first
 * dimension has none.
 *
 * Copyright (c) 2008, Frances Y. Kuo and Stephen Joe
 * All rights reserved.
 *
 * Redistribution and use in source and binary forms, with or without
 * modification, are permitted provided that the following conditions are met:
 *
 *     * Redistributions of source code must retain the above copyright notice,
 *       this list of conditions and the following disclaimer.
 *     * Redistributions in binary form must reproduce the above copyright
 *       notice, this list of conditions and the following disclaimer in the
 *       documentation and/or other materials provided with the distribution.
 *     * Neither the names of the copyright holders nor the names of the
 *       University of New South Wales and the University of Waikato and its
 *       contributors may be used to endorse or promote products derived from
 *       this software without specific prior written permission.
 *
 * THIS SOFTWARE IS PROVIDED BY THE COPYRIGHT HOLDERS "AS IS" AND ANY EXPRESS OR
 * IMPLIED WARRANTIES, INCLUDING, BUT NOT LIMITED TO, THE IMPLIED WARRANTIES OF
 * MERCHANTABILITY AND FITNESS FOR A PARTICULAR PURPOSE ARE DISCLAIMED. IN NO
 * EVENT SHALL THE COPYRIGHT HOLDERS BE LIABLE FOR ANY DIRECT, INDIRECT,
 * INCIDENTAL, SPECIAL, EXEMPLARY, OR CONSEQUENTIAL DAMAGES (INCLUDING, BUT NOT
 * LIMITED TO, PROCUREMENT OF SUBSTITUTE GOODS OR SERVICES; LOSS OF USE, DATA, OR
 * PROFITS; OR BUSINESS INTERRUPTION) HOWEVER CAUSED AND ON ANY THEORY OF
 * LIABILITY, WHETHER IN CONTRACT, STRICT LIABILITY, OR TORT (INCLUDING
 * NEGLIGENCE OR OTHERWISE) ARISING IN ANY WAY OUT OF THE USE OF THIS SOFTWARE,
 * EVEN IF ADVISED OF THE POSSIBILITY OF SUCH DAMAGE.
 */"""

folder = os.path.dirname(scipy.stats.__file__)
data = numpy.load(os.path.join(folder, "_sobol_direction_numbers.npz"))
print(HEAD.format(DIMENSIONS))
for row in range(DIMENSIONS):
    polynomial = int(data["poly"][row])
    degree = polynomial.bit_length() - 1
    numbers = [int(n) for n in data["vinit"][row][:degree]] or [1]
    print("{%d, {%s}}," % (polynomial, ", ".join(map(str, numbers))))
