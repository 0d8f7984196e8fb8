#include "meeting/format.h"

#include <string.h>

#include "meeting/stamp.h"

/* The name of the recording: its file's, without folder and ending, in one word. */
static void add_name(struct chip_str *out, const char *source)
{
    const char *slash = source ? strrchr(source, '/') : NULL;
    const char *name = slash ? slash + 1 : source ? source : "";
    const char *dot = strrchr(name, '.');
    size_t n = dot && dot > name ? (size_t)(dot - name) : strlen(name);
    if (!n)
        chip_str_add(out, "recording");
    for (size_t i = 0; i < n; i++)
        chip_str_add_n(out, (unsigned char)name[i] <= ' ' ? "_" : name + i, 1);
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
        chip_str_addf(out, " <NA> <NA> %s <NA> <NA>\n", t->speakers[turn->speaker].label);
    }
    return CHIP_OK;
}
