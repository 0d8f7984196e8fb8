#include "meeting/format.h"

#include <string.h>

#include "meeting/stamp.h"

/* Fields are separated by blanks, so none may have any. */
static void add_field(struct chip_str *out, const char *text, size_t n)
{
    for (size_t i = 0; i < n; i++)
        chip_str_add_n(out, (unsigned char)text[i] <= ' ' ? "_" : text + i, 1);
}

/* The name of the recording: its file's, without folder and ending. */
static void add_name(struct chip_str *out, const char *source)
{
    const char *slash = source ? strrchr(source, '/') : NULL;
    const char *name = slash ? slash + 1 : source ? source : "";
    const char *dot = strrchr(name, '.');
    size_t n = dot && dot > name ? (size_t)(dot - name) : strlen(name);
    if (n)
        add_field(out, name, n);
    else
        chip_str_add(out, "recording");
}

/* NIST's Rich Transcription Time Marked format: one line for each turn. */
enum chip_status chip_format_rttm(const struct chip_transcript *t,
                                  const struct chip_format_options *options, struct chip_str *out,
                                  struct chip_err *err)
{
    (void)err;
    for (size_t i = 0; i < t->n_turns; i++) {
        const struct chip_turn *turn = &t->turns[i];
        chip_str_add(out, "SPEAKER ");
        add_name(out, options->source);
        chip_str_add(out, " 1 ");
        chip_stamp_add_seconds(out, turn->start_ms);
        chip_str_add(out, " ");
        chip_stamp_add_seconds(out, turn->end_ms - turn->start_ms);
        chip_str_add(out, " <NA> <NA> ");
        const char *label = t->speakers[turn->speaker].label;
        add_field(out, label, strlen(label));
        chip_str_add(out, " <NA> <NA>\n");
    }
    return CHIP_OK;
}
