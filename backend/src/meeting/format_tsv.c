#include "meeting/format.h"

#include <inttypes.h>

/* The columns of OpenAI whisper's tsv, and one for the speaker where speakers were told apart.
 * Texts have no tabs or line ends: transcripts are clean. */
enum chip_status chip_format_tsv(const struct chip_transcript *t,
                                 const struct chip_format_options *options, struct chip_str *out,
                                 struct chip_err *err)
{
    (void)options;
    (void)err;
    chip_str_add(out, t->n_speakers ? "start\tend\tspeaker\ttext\n" : "start\tend\ttext\n");
    for (size_t i = 0; i < t->n_segments; i++) {
        const struct chip_segment *seg = &t->segments[i];
        chip_str_addf(out, "%" PRId64 "\t%" PRId64 "\t", seg->start_ms, seg->end_ms);
        if (t->n_speakers)
            chip_str_addf(out, "%s\t", seg->speaker >= 0 ? t->speakers[seg->speaker].label : "");
        chip_str_addf(out, "%s\n", seg->text);
    }
    return CHIP_OK;
}
