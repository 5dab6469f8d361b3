/* Stocks: in order, from both ends, and nothing twice when many take at once. */
#include "common/stock.h"

#include "common/memory.h"

#include <criterion/criterion.h>

#include <pthread.h>

enum { THIEVES = 3, RANKS = THIEVES + 1, NUMBERS = 200000, SWEEP = 7 };

static struct board *make_board(void)
{
	struct board *board = memory_share(board_bytes(RANKS));

	cr_assert(board != NULL);
	for (int i = 0; i < RANKS; i++)
		atomic_store(&board->tallies[i].sweep, SWEEP);
	return board;
}

Test(stock, its_owner_takes_the_first_and_others_the_last)
{
	struct board *board = make_board();
	uint64_t number = 99;

	cr_expect(!stock_take(&board->tallies[1], &number));
	cr_expect(!stock_steal(board, RANKS, 0, &number));
	stock_fill(&board->tallies[1], 1000, 4);
	cr_expect(stock_take(&board->tallies[1], &number) && number == 1000);
	cr_expect(stock_steal(board, RANKS, 0, &number) && number == 1003);
	cr_expect(stock_steal(board, RANKS, 2, &number) && number == 1002);
	cr_expect(stock_take(&board->tallies[1], &number) && number == 1001);
	cr_expect(!stock_take(&board->tallies[1], &number));
	cr_expect(!stock_steal(board, RANKS, 0, &number));
	stock_fill(&board->tallies[1], (uint64_t)1 << 50, STOCK_MOST);
	cr_expect(stock_take(&board->tallies[1], &number) &&
	          number == (uint64_t)1 << 50);
	memory_unshare(board, board_bytes(RANKS));
}

Test(stock, that_of_another_sweep_or_of_oneself_is_not_stolen)
{
	struct board *board = make_board();
	uint64_t number;

	stock_fill(&board->tallies[0], 1, 5);
	cr_expect(!stock_steal(board, RANKS, 0, &number));
	stock_fill(&board->tallies[2], 9, 5);
	atomic_store(&board->tallies[2].sweep, SWEEP - 1);
	cr_expect(stock_steal(board, RANKS, 1, &number) && number == 5);
	memory_unshare(board, board_bytes(RANKS));
}

struct taker {
	struct board *board;
	int seat;
	_Atomic unsigned char *taken;
	_Atomic int *over;
};

static void *steal(void *arg)
{
	struct taker *taker = arg;
	uint64_t number;

	while (!atomic_load(taker->over))
		while (stock_steal(taker->board, RANKS, taker->seat, &number))
			atomic_fetch_add(&taker->taken[number], 1);
	return NULL;
}

Test(stock, everything_is_taken_once)
{
	static _Atomic unsigned char taken[NUMBERS];
	struct board *board = make_board();
	_Atomic int over = 0;
	pthread_t threads[THIEVES];
	struct taker takers[THIEVES];
	uint64_t number;

	for (int i = 0; i < THIEVES; i++) {
		takers[i] = (struct taker){board, i + 1, taken, &over};
		cr_assert(
		    !pthread_create(&threads[i], NULL, steal, &takers[i]));
	}
	for (uint64_t first = 0; first < NUMBERS;) {
		uint64_t count = 1 + first % STOCK_MOST;
		if (count > NUMBERS - first)
			count = NUMBERS - first;
		stock_fill(&board->tallies[0], first, count);
		while (stock_take(&board->tallies[0], &number))
			atomic_fetch_add(&taken[number], 1);
		first += count;
	}
	atomic_store(&over, 1);
	for (int i = 0; i < THIEVES; i++)
		pthread_join(threads[i], NULL);
	for (size_t i = 0; i < NUMBERS; i++)
		cr_expect(taken[i] == 1, "%zu was taken %d times", i, taken[i]);
	memory_unshare(board, board_bytes(RANKS));
}
