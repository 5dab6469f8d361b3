#include "retired_page.h"

#include "liveness.h"

#include <stdlib.h>

struct retired_page {
	struct control_page *control;
	int size;
	struct retired_page *next;
};

/* At most one for each thread that lives and has opened a world. */
static struct retired_page *retired;

/* Without memory for the list the page stays until the process ends. */
void retired_page_keep(struct control_page *control, int size)
{
	struct retired_page *page = malloc(sizeof(*page));

	if (!page)
		return;
	*page = (struct retired_page){control, size, retired};
	retired = page;
}

void retired_page_release(void)
{
	struct retired_page **link = &retired;

	while (*link) {
		struct retired_page *page = *link;
		if (!liveness_end(page->control, 0)) {
			link = &page->next;
			continue;
		}
		*link = page->next;
		control_unmap(page->control, page->size);
		free(page);
	}
}
