#include "stop.h"
#include "board.h"
#include "group.h"
int stop_signal(const cohort *g)
{
	return g->world->board->signal;
}
void stop_disarm(cohort *g)
{
	(void)g;
}
void stop_forget(void)
{
}
