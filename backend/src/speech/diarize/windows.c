#include "speech/diarize/windows.h"

#include <stdlib.h>
#include <string.h>

/* Inside the piece, and not into a neighbour's half of the gap. */
struct chip_span chip_window_span(const struct chip_speech *speech, size_t i)
{
    struct chip_span span = speech->spans[i];
    int64_t first = i ? (speech->spans[i - 1].end + span.start + 1) / 2 : 0;
    int64_t last = i + 1 < speech->n_spans ? (span.end + speech->spans[i + 1].start) / 2
                                           : (int64_t)speech->n_samples;
    span.start -= CHIP_WINDOW_PAD_SAMPLES;
    span.end += CHIP_WINDOW_PAD_SAMPLES;
    span.start = span.start > first ? span.start : first;
    span.end = span.end < last ? span.end : last;
    return span;
}

static size_t length(struct chip_span span)
{
    return (size_t)(span.end - span.start);
}

/* Windows of one span to `out`, which has room for them. */
static void run_span(const struct chip_embedder *embedder, struct chip_arena *arena,
                     const struct chip_speech *speech, struct chip_span span,
                     struct chip_window *out)
{
    size_t n = chip_window_count(length(span)), mark = chip_arena_mark(arena);
    float(*voices)[CHIP_VOICE_DIM] = chip_arena_take(arena, n * sizeof *voices);
    chip_embedder_run(embedder, arena, speech->pcm + span.start, length(span), voices);
    for (size_t i = 0; i < n; i++) {
        struct chip_cut cut = chip_window_cut(length(span), i);
        out[i].start = speech->start + span.start + (int64_t)cut.start;
        out[i].end = speech->start + span.start + (int64_t)cut.end;
        memcpy(out[i].voice, voices[i], sizeof out[i].voice);
    }
    chip_arena_release(arena, mark);
}

enum chip_status chip_windows_make(const struct chip_embedder *embedder, struct chip_arena *arena,
                                   const struct chip_speech *speech, struct chip_window **out,
                                   size_t *n, struct chip_err *err)
{
    size_t total = 0;
    for (size_t i = 0; i < speech->n_spans; i++)
        total += chip_window_count(length(chip_window_span(speech, i)));
    struct chip_window *windows = total ? malloc(total * sizeof *windows) : NULL;
    if (total && !windows)
        return chip_fail(err, CHIP_E_NOMEM, "not enough memory for voices");
    for (size_t i = 0, at = 0; i < speech->n_spans; i++) {
        struct chip_span span = chip_window_span(speech, i);
        size_t count = chip_window_count(length(span));
        if (count)
            run_span(embedder, arena, speech, span, windows + at);
        at += count;
    }
    *out = windows;
    *n = total;
    return CHIP_OK;
}
