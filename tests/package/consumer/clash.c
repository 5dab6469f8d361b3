/* Names that the library has inside it, as a program of its own may have them
 * too: linking with libcohort.a neither clashes nor calls these. */
#include <stdlib.h>

void op_combine(void);
void type_name(void);
void error_set(void);
void log_line(void);

void op_combine(void)
{
	abort();
}

void type_name(void)
{
	abort();
}

void error_set(void)
{
	abort();
}

void log_line(void)
{
	abort();
}
