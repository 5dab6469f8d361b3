#include "delivery_mail_state.h"

#include <string.h>

struct world *mail_world(const struct delivery *delivery)
{
	return delivery->run->group->world;
}

void mail_note_failure(struct delivery *delivery, cohort_status status)
{
	if (delivery->mail_failed != COHORT_OK)
		return;
	delivery->mail_failed = status;
	memcpy(delivery->mail_sentence, cohort_error(), ERROR_BYTES);
}

bool mail_transfer_works(struct delivery *delivery, cohort_status status)
{
	if (status != COHORT_OK) {
		delivery->mail->broken = true;
		mail_note_failure(delivery, status);
	}
	return !delivery->mail->broken;
}

void mail_time_out(struct delivery *delivery)
{
	const int rank = mail_world(delivery)->rank;

	delivery->mail->broken = true;
	mail_note_failure(
	    delivery,
	    error_set(COHORT_ETIMEOUT,
	              "cohort_scatter: rank %d waited for %s, and nothing came "
	              "within the timeout of %g s: see what holds %s up, or "
	              "set a longer timeout",
	              rank,
	              rank == 0 ? "the other ranks' results"
	                        : "rank 0 to take its results",
	              delivery->run->group->timeout,
	              rank == 0 ? "their tasks" : "on_result"));
}
