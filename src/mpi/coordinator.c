/*
 * Tickets that no node has had are granted to nodes that ask, but never more
 * than a node's fair half of the rest. When there are none left, tickets are
 * taken back from the node that would need the longest time for those that it
 * holds, and go to nodes with idle ranks. When no node holds any, all tickets
 * have been begun, and the nodes learn that the sweep ends.
 *
 * A node that has not handled its last order gets no other one, and nothing is
 * concluded about it.
 */
#include "coordinator.h"

#include "common/base/stop_word.h"
#include "node_pool.h"

#include <assert.h>
#include <string.h>

size_t coordinator_returned_most(int nodes)
{
	/* Tickets are recalled only when none are here, once from each node. */
	return (size_t)nodes * MESSAGE_RANGES;
}

struct ticket_range coordinator_first_tickets(uint64_t total, uint64_t depth,
                                              uint64_t before, uint64_t workers)
{
	return ticket_range_cut(before * depth, workers * depth, total);
}

void coordinator_begin(struct coordinator *coordinator, uint64_t sweep,
                       uint64_t total, uint64_t depth)
{
	uint64_t before = 0;

	for (int n = 0; n < coordinator->nodes; n++) {
		struct node_view *view = &coordinator->views[n];
		const struct ticket_range first = coordinator_first_tickets(
		    total, depth, before, (uint64_t)view->workers);
		view->report =
		    (struct node_report){.sweep = sweep, .held = first.count};
		view->order = (struct node_order){.sweep = sweep};
		view->recalls = false;
		before += (uint64_t)view->workers;
	}
	coordinator->total = total;
	coordinator->next = before * depth < total ? before * depth : total;
	coordinator->returned_count = 0;
	coordinator->news = (struct node_order){.sweep = sweep};
	coordinator->slowest = -1;
}

/* Whether the last report tells what came of the last order. */
static bool is_settled(const struct node_view *view)
{
	return view->report.handled == view->order.number;
}

static bool starves(const struct node_view *view)
{
	return is_settled(view) && view->report.held == 0 &&
	       view->report.idle > 0;
}

/* Tickets a second. A node that has done none yet counts with one for each of
 * its ranks, since nothing better is known. */
static double speed_of(const struct node_view *view)
{
	return view->report.rate > 0 ? view->report.rate : view->ranks;
}

void coordinator_hear(struct coordinator *coordinator, int node,
                      const struct node_report *report)
{
	struct node_view *view = &coordinator->views[node];

	if (report->sweep != view->order.sweep)
		return;
	view->report = *report;
	for (int i = 0; i < MESSAGE_RANGES; i++) {
		if (report->returned[i].count == 0)
			continue;
		assert(coordinator->returned_count <
		       coordinator->returned_most);
		coordinator->returned[coordinator->returned_count++] =
		    report->returned[i];
	}
	if (is_settled(view))
		view->recalls = false;
}

/* The part of all speeds that this node has. Speeds are comparable only if all
 * of them are known. */
static double fair_part(const struct coordinator *coordinator,
                        const struct node_view *view)
{
	double all = 0;

	for (int n = 0; n < coordinator->nodes; n++) {
		if (coordinator->views[n].report.rate <= 0)
			return (double)view->ranks / coordinator->ranks;
		all += coordinator->views[n].report.rate;
	}
	return view->report.rate / all;
}

static uint64_t least_of(uint64_t a, uint64_t b)
{
	return a < b ? a : b;
}

/* Grant tickets that no node has had. */
static void grant_fresh(struct coordinator *coordinator, struct node_view *view,
                        struct node_order *order)
{
	const uint64_t left = coordinator->total - coordinator->next;
	uint64_t fair =
	    (uint64_t)((double)left * fair_part(coordinator, view) / 2);

	if (fair < view->report.idle)
		fair = view->report.idle;
	if (fair == 0)
		fair = 1;
	const uint64_t count = least_of(least_of(view->report.wanted, left),
	                                least_of(fair, POOL_RANGE_MOST));
	order->granted[0] = (struct ticket_range){coordinator->next, count};
	coordinator->next += count;
	view->report.wanted = 0;
	view->report.held += count;
}

static uint64_t returned_tickets(const struct coordinator *coordinator)
{
	uint64_t count = 0;

	for (size_t i = 0; i < coordinator->returned_count; i++)
		count += coordinator->returned[i].count;
	return count;
}

/* The part of the returned tickets that goes to this starving node. */
static uint64_t returned_part(const struct coordinator *coordinator,
                              const struct node_view *view)
{
	const double count = (double)returned_tickets(coordinator);
	double all = 0;

	for (int n = 0; n < coordinator->nodes; n++)
		if (starves(&coordinator->views[n]))
			all += speed_of(&coordinator->views[n]);
	const double part = count * speed_of(view) / all;
	return part < view->report.idle ? view->report.idle
	                                : (uint64_t)(part + 0.999);
}

static void grant_returned(struct coordinator *coordinator,
                           struct node_view *view, struct node_order *order)
{
	uint64_t part = returned_part(coordinator, view);

	for (int i = 0; i < MESSAGE_RANGES && part > 0; i++) {
		if (coordinator->returned_count == 0)
			return;
		struct ticket_range *range =
		    &coordinator->returned[coordinator->returned_count - 1];
		const uint64_t count = least_of(part, range->count);
		order->granted[i] = (struct ticket_range){range->first, count};
		view->report.held += count;
		range->first += count;
		range->count -= count;
		coordinator->returned_count -= range->count == 0;
		part -= count;
	}
}

/* The node from which to take tickets back now; -1: from none. */
static int find_slowest(const struct coordinator *coordinator)
{
	const struct node_view *slowest = NULL;
	int waiting = 0;

	if (coordinator->next < coordinator->total ||
	    coordinator->returned_count > 0)
		return -1;
	for (int n = 0; n < coordinator->nodes; n++) {
		const struct node_view *view = &coordinator->views[n];
		waiting += starves(view);
		waiting -= view->recalls;
		if (!is_settled(view) || view->report.held == 0)
			continue;
		if (!slowest ||
		    (double)view->report.held * speed_of(slowest) >
		        (double)slowest->report.held * speed_of(view))
			slowest = view;
	}
	return waiting > 0 && slowest ? (int)(slowest - coordinator->views)
	                              : -1;
}

/* Recall so many tickets that the node that returns them and the nodes that get
 * them end at about the same time. */
static void recall(const struct coordinator *coordinator,
                   struct node_view *view, struct node_order *order)
{
	double starving = 0;

	for (int n = 0; n < coordinator->nodes; n++) {
		const struct node_view *other = &coordinator->views[n];
		if (!starves(other))
			continue;
		starving += speed_of(other);
		order->recall_least += other->report.idle;
	}
	order->recall_share = starving / (starving + speed_of(view));
	view->recalls = true;
}

static bool all_have_begun(const struct coordinator *coordinator)
{
	if (coordinator->next < coordinator->total ||
	    coordinator->returned_count > 0)
		return false;
	for (int n = 0; n < coordinator->nodes; n++)
		if (!is_settled(&coordinator->views[n]) ||
		    coordinator->views[n].report.held > 0)
			return false;
	return true;
}

void coordinator_plan(struct coordinator *coordinator)
{
	struct node_order news = {.all_left = 1};

	for (int n = 0; n < coordinator->nodes; n++) {
		const struct node_report *report =
		    &coordinator->views[n].report;
		news.stop = stop_word_merge(report->stop, news.stop);
		if (!news.failure)
			news.failure = report->failure;
		news.all_left = news.all_left && report->left;
	}
	news.end = coordinator->news.end || all_have_begun(coordinator);
	coordinator->news = news;
	coordinator->slowest = find_slowest(coordinator);
}

/* A node that is stopped for another reason keeps its reason. */
static bool says_something(const struct node_order *order,
                           const struct node_view *view)
{
	const struct node_order *last = &view->order;

	return order->granted[0].count > 0 || order->recall_least > 0 ||
	       order->end != last->end || order->all_left != last->all_left ||
	       (order->stop &&
	        stop_word_replaces(order->stop, view->report.stop)) ||
	       (order->failure && !view->report.failure);
}

bool coordinator_order(struct coordinator *coordinator, int node,
                       struct node_order *out)
{
	struct node_view *view = &coordinator->views[node];
	struct node_order order = coordinator->news;

	if (!is_settled(view))
		return false;
	order.sweep = view->order.sweep;
	order.number = view->order.number + 1;
	if (coordinator->next < coordinator->total) {
		if (view->report.wanted > 0)
			grant_fresh(coordinator, view, &order);
	} else if (coordinator->returned_count > 0) {
		if (starves(view))
			grant_returned(coordinator, view, &order);
	} else if (coordinator->slowest == node) {
		recall(coordinator, view, &order);
	}
	if (!says_something(&order, view))
		return false;
	view->order = order;
	*out = order;
	return true;
}

int coordinator_find_missing(const struct coordinator *coordinator)
{
	for (int n = 0; n < coordinator->nodes; n++)
		if (!is_settled(&coordinator->views[n]))
			return n;
	for (int n = 0; n < coordinator->nodes; n++)
		if (!coordinator->views[n].report.left)
			return n;
	return -1;
}
