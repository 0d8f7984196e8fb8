#include "meeting/format.h"

#include <string.h>

#include "meeting/cues.h"
#include "meeting/stamp.h"

/*
 * SubRip has no escapes. Its players look for "-->", for tags such as <i> and for commands such as
 * {\an8}; an arrow character and an invisible blank keep them from seeing any in the words.
 */
#define ARROW "\xE2\x86\x92"     /* U+2192 */
#define INVISIBLE "\xE2\x80\x8B" /* U+200B zero width space */

static bool begins_tag(const char *s, size_t n)
{
    if (n < 2)
        return false;
    return (s[0] == '<' &&
            (s[1] == '/' || (s[1] >= 'A' && s[1] <= 'Z') || (s[1] >= 'a' && s[1] <= 'z'))) ||
           (s[0] == '{' && s[1] == '\\');
}

static void add_text(struct chip_str *out, const char *s, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        if (n - i >= 3 && memcmp(s + i, "-->", 3) == 0) {
            chip_str_add(out, ARROW);
            i += 2;
            continue;
        }
        chip_str_add_n(out, s + i, 1);
        if (begins_tag(s + i, n - i))
            chip_str_add(out, INVISIBLE);
    }
}

enum chip_status chip_format_srt(const struct chip_transcript *t,
                                 const struct chip_format_options *options, struct chip_str *out,
                                 struct chip_err *err)
{
    struct chip_cues cues;
    struct chip_cue_rules rules = {.max_line_chars = (size_t)options->max_line_chars,
                                   .max_lines = (size_t)options->max_lines};
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
