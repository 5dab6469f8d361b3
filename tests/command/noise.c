/*
 * A task that prints: bytes of a generator that its number seeds, to standard output
 * and standard error in turns. Most print less than 300 bytes, some nothing, and one in
 * 500 prints 1 MB.
 *
 *   noise N        what task N prints
 *   noise -N       what the tasks 1 to N print, one after another
 */
#define _POSIX_C_SOURCE 200809L
#include <stdint.h>
#include <stdlib.h>
#include <unistd.h>

enum { MOST = 1000000, PIECE = 50000 };

static uint32_t draw(uint32_t *state)
{
	*state = *state * 1664525u + 1013904223u;
	return *state >> 8;
}

static void print(int descriptor, const unsigned char *bytes, size_t count)
{
	while (count > 0) {
		const ssize_t wrote = write(descriptor, bytes, count);

		if (wrote <= 0)
			_exit(1);
		bytes += wrote;
		count -= (size_t)wrote;
	}
}

static void print_task(uint32_t number)
{
	static unsigned char bytes[MOST];
	uint32_t state = number * 2654435761u;
	const size_t count = number % 500 == 499 ? MOST
	                     : number % 50 == 0  ? 0
	                                         : draw(&state) % 300;

	for (size_t i = 0; i < count; i++)
		bytes[i] = (unsigned char)draw(&state);
	for (size_t at = 0; at < count; at += PIECE) {
		const size_t piece = count - at < PIECE ? count - at : PIECE;

		print(STDOUT_FILENO, bytes + at, piece);
		print(STDERR_FILENO, bytes + at, piece / 3);
	}
}

int main(int argc, char *argv[])
{
	const long number = argc == 2 ? atol(argv[1]) : 0;

	if (number > 0)
		print_task((uint32_t)number);
	for (uint32_t task = 1; number < 0 && task <= -number; task++)
		print_task(task);
	return number == 0;
}
