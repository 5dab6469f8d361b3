/*
 * Control pages of worlds that have ended, while a thread still needs them: it
 * has opened the world and so locked the mutex of rank 0 (liveness.h), and
 * another thread has closed the last group. A mutex is taken from the list of
 * its thread by that thread only.
 */
#ifndef COHORT_MP_RETIRED_PAGE_H
#define COHORT_MP_RETIRED_PAGE_H

struct control_page;

/* Keep the page of a world of `size` ranks mapped, for the present. */
void retired_page_keep(struct control_page *control, int size);

/* Unmap the pages whose threads have ended, or are the one that calls this. */
void retired_page_release(void);

#endif
