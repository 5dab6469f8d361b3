#include "config_read.h"

#include "common/base/error.h"
#include "config_environment.h"
#include "config_words.h"
#include "size_limit.h"

#include <math.h>

static cohort_status read_backend_option(const char *backend,
                                         struct config *out)
{
	const int found = config_find_word(backend_words, backend);
	char allowed[WORDS_BYTES];

	if (found < 0)
		return error_set(COHORT_ECONFIG,
		                 "options.backend is \"%s\", which is no "
		                 "backend: use %s",
		                 backend,
		                 config_join_words(backend_words, allowed));
	out->backend = (enum backend_kind)found;
	out->backend_from = "options.backend";
	out->backend_from_options = true;
	return COHORT_OK;
}

static cohort_status read_size_option(int size, struct config *out)
{
	if (size < 0)
		return error_set(COHORT_ECONFIG,
		                 "options.size is %d: it must be a number of "
		                 "ranks, or 0 for the default",
		                 size);
	out->size = size;
	out->size_from_options = true;
	return size_limit_check("options.size", (unsigned long long)size);
}

static cohort_status read_timeout_option(double timeout, struct config *out)
{
	const bool limited = timeout != COHORT_NO_TIMEOUT;

	if (limited && !(isfinite(timeout) && timeout > 0))
		return error_set(COHORT_ECONFIG,
		                 "options.timeout is %g: it must be a number "
		                 "of seconds, 0 for the default, or "
		                 "COHORT_NO_TIMEOUT",
		                 timeout);
	out->timeout = limited ? timeout : 0;
	return COHORT_OK;
}

static cohort_status read_options(const cohort_options *options,
                                  struct config *out)
{
	cohort_status status = COHORT_OK;

	if (options->backend)
		status = read_backend_option(options->backend, out);
	if (status == COHORT_OK && options->size != 0)
		status = read_size_option(options->size, out);
	if (status == COHORT_OK && options->timeout != 0)
		status = read_timeout_option(options->timeout, out);
	out->mpi_comm = options->mpi_comm;
	out->scoped = options->scoped;
	for (size_t i = 0; i < sizeof(options->unused); i++)
		if (status == COHORT_OK && options->unused[i])
			return error_set(COHORT_ECONFIG,
			                 "options.unused[%zu] is not 0: "
			                 "initialise the whole cohort_options, "
			                 "as with {.size = n}",
			                 i);
	return status;
}

/* A program that asks for both contradicts itself. Where the environment asks
 * for one of them, cohort_open warns. */
static cohort_status check_serial_size(const struct config *config)
{
	if (config->backend != BACKEND_SERIAL ||
	    !config->backend_from_options || !config->size_from_options ||
	    config->size == 1)
		return COHORT_OK;
	return error_set(COHORT_ECONFIG,
	                 "options.size is %d, but options.backend is "
	                 "\"serial\", which has one rank: ask for \"mp\", or "
	                 "leave the size out",
	                 config->size);
}

static cohort_status read_all(const cohort_options *options, struct config *out)
{
	*out = (struct config){
	    .backend = BACKEND_AUTO,
	    .backend_from = "nothing",
	    .transport = TRANSPORT_SHM,
	    .schedule = COHORT_DYNAMIC,
	    .progress = PROGRESS_AUTO,
	    .log_level = (enum log_level)LOG_DEFAULT,
	};
	cohort_status status = config_environment_read(out);

	if (status == COHORT_OK && options)
		status = read_options(options, out);
	if (status == COHORT_OK)
		status = check_serial_size(out);
	return status;
}

cohort_status config_read(const cohort_options *options, struct config *out)
{
	struct config config;
	const cohort_status status = read_all(options, &config);

	if (status == COHORT_OK)
		*out = config;
	return status;
}

void config_read_backend(const cohort_options *options, struct config *out)
{
	cohort_status ignored = read_all(options, out);

	(void)ignored;
	out->mpi_comm = options->mpi_comm;
}
