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
