#include "real.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>

/* Terms that are needed for 53 bits. */
enum { EXP_TERMS = 17, LOG_TERMS = 21 };

/* ln 2 in two parts: the first one has so few bits that a product with an
 * exponent is exact. */
static const double ln2_high = 6.93147180369123816490e-01;
static const double ln2_low = 1.90821492927058770002e-10;
static const double ln10 = 2.30258509299404568402;

/* x = n ln 2 + r, |r| at most ln 2 / 2; the series of e^r by Horner. */
double real_exp(double x)
{
	const double n = floor(x / (ln2_high + ln2_low) + 0.5);
	const double r = (x - n * ln2_high) - n * ln2_low;
	double sum = 1;

	for (int term = EXP_TERMS; term > 0; term--)
		sum = 1 + r * sum / term;
	return ldexp(sum, (int)n);
}

/* x = m 2^n, m near 1; ln m = 2 artanh s with s = (m - 1) / (m + 1). */
double real_log(double x)
{
	int n;
	double m = frexp(x, &n);
	double sum = 0;

	if (m < 0.70710678118654752440) {
		m *= 2;
		n--;
	}
	const double s = (m - 1) / (m + 1);
	const double square = s * s;
	for (int term = LOG_TERMS; term > 1; term -= 2)
		sum = square * (1.0 / term + sum);
	return n * ln2_high + (n * ln2_low + 2 * s * sum + 2 * s);
}

double real_power_of_ten(double x)
{
	const double whole = floor(x);
	char text[8];

	snprintf(text, sizeof(text), "1e%d", (int)whole);
	const double power = strtod(text, NULL);
	return x > whole ? power * real_exp((x - whole) * ln10) : power;
}

static double polynomial(const double coefficients[8], double x)
{
	double sum = coefficients[7];

	for (int i = 6; i >= 0; i--)
		sum = sum * x + coefficients[i];
	return sum;
}

/* Numerators and denominators of AS 241: the middle, the tails, and far out. */
static const double middle[2][8] = {
    {3.3871328727963666080e0, 1.3314166789178437745e+2,
     1.9715909503065514427e+3, 1.3731693765509461125e+4,
     4.5921953931549871457e+4, 6.7265770927008700853e+4,
     3.3430575583588128105e+4, 2.5090809287301226727e+3},
    {1, 4.2313330701600911252e+1, 6.8718700749205790830e+2,
     5.3941960214247511077e+3, 2.1213794301586595867e+4,
     3.9307895800092710610e+4, 2.8729085735721942674e+4,
     5.2264952788528545610e+3}};
static const double tail[2][8] = {
    {1.42343711074968357734e0, 4.63033784615654529590e0,
     5.76949722146069140550e0, 3.64784832476320460504e0,
     1.27045825245236838258e0, 2.41780725177450611770e-1,
     2.27238449892691845833e-2, 7.74545014278341407640e-4},
    {1, 2.05319162663775882187e0, 1.67638483018380384940e0,
     6.89767334985100004550e-1, 1.48103976427480074590e-1,
     1.51986665636164571966e-2, 5.47593808499534494600e-4,
     1.05075007164441684324e-9}};
static const double far_tail[2][8] = {
    {6.65790464350110377720e0, 5.46378491116411436990e0,
     1.78482653991729133580e0, 2.96560571828504891230e-1,
     2.65321895265761230930e-2, 1.24266094738807843860e-3,
     2.71155556874348757815e-5, 2.01033439929228813265e-7},
    {1, 5.99832206555887937690e-1, 1.36929880922735805310e-1,
     1.48753612908506148525e-2, 7.86869131145613259100e-4,
     1.84631831751005468180e-5, 1.42151175831644588870e-7,
     2.04426310338993978564e-15}};

static double ratio(const double parts[2][8], double x)
{
	return polynomial(parts[0], x) / polynomial(parts[1], x);
}

double real_normal_quantile(double p)
{
	const double q = p - 0.5;

	if (fabs(q) <= 0.425)
		return q * ratio(middle, 0.180625 - q * q);
	const double r = sqrt(-real_log(q < 0 ? p : 1 - p));
	const double value =
	    r <= 5 ? ratio(tail, r - 1.6) : ratio(far_tail, r - 5);
	return q < 0 ? -value : value;
}
