#include "page.h"

#include "texts.h"

#include <cohort.h>

#include <stdbool.h>
#include <string.h>

/* Of the last change to what the pages say. */
static const char page_date[] = "2026-11-30";

/* Prints text so that roff reads no request and no escape in it. */
static void put_text(const char *text, size_t length, FILE *file)
{
	bool begins = true;

	for (size_t i = 0; i < length; i++) {
		const char byte = text[i];

		if (begins && (byte == '.' || byte == '\''))
			fputs("\\&", file);
		if (byte == '\\')
			fputs("\\e", file);
		else if (byte == '-')
			fputs("\\-", file);
		else if (byte == '\'')
			fputs("\\(aq", file);
		else if (byte == '^')
			fputs("\\(ha", file);
		else if (byte == '~')
			fputs("\\(ti", file);
		else if (byte == '\n')
			fputs("\n.br\n", file);
		else
			fputc(byte, file);
		begins = byte == '\n';
	}
}

static void put_string(const char *text, FILE *file)
{
	put_text(text, strlen(text), file);
}

/* In capitals, with the hyphen of pages' names. */
static void put_title(const char *command, FILE *file)
{
	for (; *command; command++) {
		const char byte = *command;

		if (byte == ' ')
			fputs("\\-", file);
		else if (byte >= 'a' && byte <= 'z')
			fputc(byte - 'a' + 'A', file);
		else
			fputc(byte, file);
	}
}

/* ---- sections of texts.c ---- */

static bool is_example(const char *line)
{
	return line[0] == ' ' && line[1] == ' ';
}

/* One line of a paragraph; `state` tells what the paragraph is in. */
static void put_line(const char *line, size_t length, FILE *file)
{
	const char *tab = memchr(line, '\t', length);

	if (tab) {
		fputs(".TP\n.B ", file);
		put_text(line, (size_t)(tab - line), file);
		fputc('\n', file);
		put_text(tab + 1, length - (size_t)(tab + 1 - line), file);
	} else if (is_example(line)) {
		put_text(line + 2, length - 2, file);
	} else {
		put_text(line, length, file);
	}
	fputc('\n', file);
}

static void put_paragraph(const char *text, size_t length, bool is_first,
                          FILE *file)
{
	const char *end = text + length;
	const bool is_list = memchr(text, '\t', length);
	const bool example = is_example(text);

	if (example)
		fputs(is_first ? ".RS 4\n.nf\n" : ".PP\n.RS 4\n.nf\n", file);
	else if (!is_list && !is_first)
		fputs(".PP\n", file);
	while (text < end) {
		const char *newline = memchr(text, '\n', (size_t)(end - text));
		const char *stop = newline ? newline : end;

		put_line(text, (size_t)(stop - text), file);
		text = stop + 1;
	}
	if (example)
		fputs(".fi\n.RE\n", file);
}

static void put_section(const char *text, FILE *file)
{
	bool is_first = true;

	while (*text) {
		const char *gap = strstr(text, "\n\n");
		const size_t length = gap ? (size_t)(gap - text) : strlen(text);

		put_paragraph(text, length, is_first, file);
		text += length + (gap ? 2 : 0);
		is_first = false;
	}
}

/* Prints the section of a page; false if it has none of this name. */
static bool put_heading(const char *page, const char *heading, FILE *file)
{
	for (size_t i = 0; i < page_section_count; i++) {
		const struct page_section *section = &page_sections[i];

		if (strcmp(section->page, page) != 0 ||
		    strcmp(section->heading, heading) != 0)
			continue;
		fprintf(file, ".SH %s\n", heading);
		put_section(section->text, file);
		return true;
	}
	return false;
}

/* ---- options ---- */

static void put_options(const struct option_set *set, FILE *file)
{
	char head[OPTION_HEAD_BYTES];

	fputs(".SH OPTIONS\n", file);
	for (size_t i = 0; i < set->count; i++) {
		const struct option *option = &set->options[i];

		if (option->group && strcmp(option->group, "Options") != 0) {
			fputs(".SS ", file);
			put_string(option->group, file);
			fputc('\n', file);
		}
		options_describe(option, head);
		fputs(".TP\n.B ", file);
		put_string(head, file);
		fputc('\n', file);
		put_string(option->help, file);
		fputc('\n', file);
	}
}

static void put_subcommands(FILE *file)
{
	fputs(".SH SUBCOMMANDS\n", file);
	for (size_t i = 0; i < subcommand_count; i++) {
		fputs(".TP\n.B ", file);
		put_string(subcommands[i].name, file);
		fputc('\n', file);
		put_string(subcommands[i].purpose, file);
		fputc('\n', file);
	}
	fputs(".PP\n.B cohort\n.I SUBCOMMAND\n.B \\-\\-help\nlists the options "
	      "of one of them, and\n.B cohort \\-\\-version\nprints the "
	      "version.\n",
	      file);
}

/* ---- pages ---- */

static void put_see_also(const struct subcommand *own, FILE *file)
{
	bool is_first = true;

	fputs(".SH SEE ALSO\n", file);
	if (own) {
		fputs(".BR cohort (1)", file);
		is_first = false;
	}
	for (size_t i = 0; i < subcommand_count; i++) {
		if (&subcommands[i] == own)
			continue;
		fprintf(file, "%s.BR cohort\\-%s (1)", is_first ? "" : ",\n",
		        subcommands[i].name);
		is_first = false;
	}
	fputc('\n', file);
}

static void put_begin(const char *command, const char *purpose,
                      const char *synopsis, FILE *file)
{
	fputs(".TH ", file);
	put_title(command, file);
	fprintf(file, " 1 %s \"cohort %s\" \"cohort\"\n.SH NAME\n", page_date,
	        cohort_version());
	for (const char *at = command; *at; at++)
		fputs(*at == ' ' ? "\\-" : (char[2]){*at, '\0'}, file);
	fputs(" \\- ", file);
	put_string(purpose, file);
	fprintf(file, "\n.SH SYNOPSIS\n.B %s\n", command);
	put_string(synopsis, file);
	fputc('\n', file);
}

void page_print(const struct subcommand *subcommand, FILE *file)
{
	const char *page = subcommand ? subcommand->name : "";

	if (subcommand)
		put_begin(subcommand->set->command, subcommand->purpose,
		          subcommand->set->synopsis, file);
	else
		put_begin("cohort",
		          "run one computation over many parameter sets",
		          "SUBCOMMAND [OPTION]...", file);
	if (!put_heading(page, "DESCRIPTION", file) && subcommand) {
		fputs(".SH DESCRIPTION\n", file);
		put_string(subcommand->set->purpose, file);
		fputc('\n', file);
	}
	if (subcommand)
		put_options(subcommand->set, file);
	else
		put_subcommands(file);
	put_heading(page, "THE TABLE", file);
	put_heading(page, "EXIT STATUS", file);
	put_heading(page, "ENVIRONMENT", file);
	put_heading(page, "FILES", file);
	put_heading(page, "EXAMPLES", file);
	put_see_also(subcommand, file);
}
