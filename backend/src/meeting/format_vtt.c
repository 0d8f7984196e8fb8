#include "meeting/format.h"

#include "meeting/cues.h"
#include "meeting/stamp.h"

/* "-->" cannot appear either: its > becomes an escape. */
static void add_text(struct chip_str *out, const char *s, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        switch (s[i]) {
        case '&':
            chip_str_add(out, "&amp;");
            break;
        case '<':
            chip_str_add(out, "&lt;");
            break;
        case '>':
            chip_str_add(out, "&gt;");
            break;
        default:
            chip_str_add_n(out, s + i, 1);
        }
    }
}

/* The voice tag, which stands for the whole cue. */
static void add_voice(struct chip_str *out, const struct chip_transcript *t, int speaker)
{
    struct chip_str name = {0};
    chip_flow_add_speaker(t, speaker, &name);
    chip_str_add(out, "<v ");
    add_text(out, name.data ? name.data : "", name.len);
    chip_str_add(out, ">");
    out->failed = out->failed || name.failed;
    chip_str_done(&name);
}

/*
 * With word cues each word is marked, with the time from which it is spoken before it. WebVTT wants
 * such times strictly between those of the cue and growing; a word without one, such as the first,
 * counts as spoken with what is in front of it.
 */
static void add_cue(struct chip_str *out, const struct chip_transcript *t,
                    const struct chip_cue *cue, const struct chip_flow_word *words, bool word_cues)
{
    int64_t last_ms = cue->start_ms;
    for (size_t k = 0; k < cue->n_words; k++) {
        const struct chip_flow_word *w = &words[k];
        chip_str_add(out, w->line_start ? "\n" : w->blank_before ? " " : "");
        if (k == 0 && w->speaker >= 0)
            add_voice(out, t, w->speaker);
        if (word_cues && w->start_ms > last_ms && w->start_ms < cue->end_ms) {
            chip_str_add(out, "<");
            chip_stamp_add(out, w->start_ms, '.');
            chip_str_add(out, ">");
            last_ms = w->start_ms;
        }
        chip_str_add(out, word_cues ? "<c>" : "");
        add_text(out, w->text, w->n_bytes);
        chip_str_add(out, word_cues ? "</c>" : "");
    }
    chip_str_add(out, "\n");
}

enum chip_status chip_format_vtt(const struct chip_transcript *t,
                                 const struct chip_format_options *options, struct chip_str *out,
                                 struct chip_err *err)
{
    struct chip_cues cues;
    struct chip_cue_rules rules = {.max_line_chars = (size_t)options->max_line_chars,
                                   .max_lines = (size_t)options->max_lines};
    enum chip_status st = chip_cues_make(t, &rules, &cues, err);
    if (st != CHIP_OK)
        return st;

    chip_str_add(out, "WEBVTT\n");
    for (size_t i = 0; i < cues.n_cues; i++) {
        const struct chip_cue *cue = &cues.cues[i];
        chip_str_add(out, "\n");
        chip_stamp_add(out, cue->start_ms, '.');
        chip_str_add(out, " --> ");
        chip_stamp_add(out, cue->end_ms, '.');
        add_cue(out, t, cue, &cues.flow.words[cue->first_word], options->word_cues);
    }
    chip_cues_done(&cues);
    return CHIP_OK;
}
