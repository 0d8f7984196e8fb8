#include "meeting/format.h"

#include <string.h>

#include "meeting/cues.h"
#include "meeting/stamp.h"

/*
 * SubRip has no escapes. Its players look for "-->", for tags such as <i> and for commands such as
 * {\an8}; characters that look the same, or an invisible blank, keep them from seeing any.
 */
#define ARROW "\xE2\x86\x92"     /* U+2192 */
#define BRACE "\xEF\xBD\x9B"     /* U+FF5B, the wide { */
#define INVISIBLE "\xE2\x80\x8B" /* U+200B, the zero width space */

static bool begins(const char *s, size_t n, const char *mark)
{
    size_t length = strlen(mark);
    return n >= length && memcmp(s, mark, length) == 0;
}

static bool is_tag_char(char c)
{
    return c == '/' || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z');
}

static void add_text(struct chip_str *out, const char *s, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        if (begins(s + i, n - i, "-->")) {
            chip_str_add(out, ARROW);
            i += 2;
        } else if (begins(s + i, n - i, "{\\")) {
            chip_str_add(out, BRACE);
        } else {
            chip_str_add_n(out, s + i, 1);
            if (s[i] == '<' && i + 1 < n && is_tag_char(s[i + 1]))
                chip_str_add(out, INVISIBLE);
        }
    }
}

enum chip_status chip_format_srt(const struct chip_transcript *t,
                                 const struct chip_format_options *options, struct chip_str *out,
                                 struct chip_err *err)
{
    struct chip_cues cues;
    struct chip_cue_rules rules = {.max_line_chars = (size_t)options->max_line_chars,
                                   .max_lines = (size_t)options->max_lines,
                                   .titles = true};
    enum chip_status st = chip_cues_make(t, &rules, &cues, err);
    if (st != CHIP_OK)
        return st;

    for (size_t i = 0; i < cues.n_cues; i++) {
        const struct chip_cue *cue = &cues.cues[i];
        chip_str_addf(out, "%s%zu\n", i ? "\n" : "", i + 1);
        chip_stamp_add(out, cue->start_ms, ',');
        chip_str_add(out, " --> ");
        chip_stamp_add(out, cue->end_ms, ',');
        for (size_t k = 0; k < cue->n_words; k++) {
            const struct chip_flow_word *w = &cues.flow.words[cue->first_word + k];
            chip_str_add(out, w->line_start ? "\n" : w->blank_before ? " " : "");
            add_text(out, w->text, w->n_bytes);
        }
        chip_str_add(out, "\n");
    }
    chip_cues_done(&cues);
    return CHIP_OK;
}
