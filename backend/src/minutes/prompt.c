#include "minutes/prompt.h"

#include <stdlib.h>
#include <string.h>

#include "base/date.h"
#include "minutes/provider/json.h"
#include "minutes/template.h"
#include "net/sha256.h"

/* ---- the mark ---------------------------------------------------------------------------------
 */

static bool is_said(const struct chip_transcript *t, const char *mark)
{
    for (size_t i = 0; i < t->n_segments; i++)
        if (strstr(t->segments[i].text, mark))
            return true;
    return false;
}

enum chip_status chip_prompt_mark(const struct chip_transcript *transcript,
                                  char mark[CHIP_PROMPT_MARK], struct chip_err *err)
{
    struct chip_str all = {0};
    for (size_t i = 0; i < transcript->n_segments; i++)
        chip_str_addf(&all, "%s\n", transcript->segments[i].text);
    enum chip_status status = CHIP_OK;
    do { /* a text with its own hash in it is not to be found; but then it costs nothing */
        chip_str_add(&all, "#");
        char hex[CHIP_SHA256_HEX];
        status = all.failed ? chip_fail(err, CHIP_E_NOMEM, "not enough memory")
                            : chip_sha256_bytes(all.data, all.len, hex, err);
        if (status != CHIP_OK)
            break;
        memcpy(mark, hex, CHIP_PROMPT_MARK - 1);
        mark[CHIP_PROMPT_MARK - 1] = '\0';
    } while (is_said(transcript, mark));
    chip_str_done(&all);
    return status;
}

/* ---- instructions -----------------------------------------------------------------------------
 */

/* It may come from a request. Anything that is no name or tag of a language is left out. */
static bool is_language(const char *text)
{
    return text && *text && strlen(text) <= 35 &&
           !text[strspn(text, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789- ")];
}

static char *describe_values(const json_t *values)
{
    static const char none[] = "none were given, so the list is empty.";
    if (!values)
        return strdup(none);
    struct chip_str text = {0};
    char *list = json_dumps(values, JSON_COMPACT);
    chip_str_addf(&text,
                  "how far the words show each of these values of the company, for all together "
                  "(`speaker` null) and for each speaker; `score` from -1 (against it) to 1, null "
                  "with empty evidence where too little was said to tell: %s",
                  list ? list : "");
    free(list);
    char *out = NULL;
    return chip_str_finish(&text, &out, NULL) == CHIP_OK ? out : NULL;
}

/* Appends a template with all that it may name. */
static enum chip_status add(const struct chip_prompt_parts *parts, const char *name,
                            struct chip_str *out, struct chip_err *err)
{
    char date[CHIP_DATE_TEXT] = "not known";
    if (parts->options && parts->options->meeting_day > 0)
        chip_date_format(parts->options->meeting_day, date);
    struct chip_str text = {0};
    char *values = describe_values(parts->options ? parts->options->values : NULL);
    enum chip_status status = chip_template_load(parts->dir, name, &text, err);
    if (status == CHIP_OK && (text.failed || !values))
        status = chip_fail(err, CHIP_E_NOMEM, "not enough memory");
    if (status == CHIP_OK) {
        const struct chip_template_value known[] = {
            {"mark", parts->mark},
            {"language", is_language(parts->language) ? parts->language : "that of the transcript"},
            {"date", date},
            {"values", values},
        };
        chip_template_fill(out, text.data ? text.data : "", known, sizeof known / sizeof *known);
    }
    free(values);
    chip_str_done(&text);
    return status;
}

enum chip_status chip_prompt_instructions(const struct chip_prompt_parts *parts, char **out,
                                          struct chip_err *err)
{
    const char *name =
        parts->options && parts->options->template ? parts->options->template : "general";
    struct chip_str text = {0};
    enum chip_status status = add(parts, "instructions", &text, err);
    chip_str_add(&text, "\n");
    if (status == CHIP_OK)
        status = add(parts, name, &text, err);
    if (status == CHIP_OK)
        return chip_str_finish(&text, out, err);
    chip_str_done(&text);
    return status;
}

enum chip_status chip_prompt_summary(const struct chip_prompt_parts *parts, char **out,
                                     struct chip_err *err)
{
    struct chip_str text = {0};
    enum chip_status status = add(parts, "summary", &text, err);
    if (status == CHIP_OK)
        return chip_str_finish(&text, out, err);
    chip_str_done(&text);
    return status;
}

enum chip_status chip_prompt_check_template(const char *dir, const char *name, struct chip_err *err)
{
    struct chip_str text = {0};
    enum chip_status status = chip_template_load(dir, name, &text, err);
    chip_str_done(&text);
    return status;
}

/* ---- data -------------------------------------------------------------------------------------
 */

static void add_speaker(struct chip_str *out, const struct chip_transcript *t, int speaker)
{
    if (speaker < 0)
        chip_str_add(out, "?");
    else if (t->speakers[speaker].name[0])
        chip_str_addf(out, "%s (%s)", t->speakers[speaker].label, t->speakers[speaker].name);
    else
        chip_str_add(out, t->speakers[speaker].label);
}

void chip_prompt_add_lines(struct chip_str *out, const struct chip_transcript *transcript,
                           size_t from, size_t to)
{
    for (size_t i = from; i < to; i++) {
        chip_str_addf(out, "[%zu] ", i);
        add_speaker(out, transcript, transcript->segments[i].speaker);
        chip_str_addf(out, ": %s\n", transcript->segments[i].text); /* one line, as promised */
    }
}

enum chip_status chip_prompt_transcript(const struct chip_transcript *transcript,
                                        const struct chip_chunk *chunk, const char *mark,
                                        char **out, struct chip_err *err)
{
    struct chip_str text = {0};
    chip_str_addf(&text, "<transcript-%s>\n", mark);
    chip_prompt_add_lines(&text, transcript, chunk->context, chunk->end);
    chip_str_addf(&text, "</transcript-%s>\n", mark);
    return chip_str_finish(&text, out, err);
}

/* A model wrote it, and it may hold line ends. */
static void add_line(struct chip_str *out, const char *before, const char *text)
{
    chip_str_add(out, before);
    for (; text && *text; text++)
        chip_str_add_n(out, (unsigned char)*text < ' ' ? " " : text, 1);
    chip_str_add(out, "\n");
}

static void add_list(struct chip_str *out, const json_t *minutes, const char *list,
                     const char *member, const char *before)
{
    size_t i;
    const json_t *item;
    json_array_foreach(json_object_get(minutes, list), i, item)
    {
        add_line(out, before, chip_llm_text_of(item, member));
    }
}

enum chip_status chip_prompt_notes(const json_t *minutes, const json_t *summaries, const char *mark,
                                   char **out, struct chip_err *err)
{
    struct chip_str text = {0};
    chip_str_addf(&text, "<transcript-%s>\n", mark);
    size_t i;
    const json_t *summary;
    json_array_foreach(summaries, i, summary)
    {
        add_line(&text, "part: ", chip_llm_text_of(summary, "long"));
    }
    add_list(&text, minutes, "topics", "title", "topic: ");
    add_list(&text, minutes, "decisions", "text", "decision: ");
    add_list(&text, minutes, "action_items", "what", "action item: ");
    add_list(&text, minutes, "open_questions", "text", "open question: ");
    chip_str_addf(&text, "</transcript-%s>\n", mark);
    return chip_str_finish(&text, out, err);
}
