#include "meeting/format.h"

#include "meeting/json.h"
#include "meeting/stamp.h"

/* The names that WhisperX's own json uses, for programs that read it. */

static void add_times(struct chip_str *out, int64_t start_ms, int64_t end_ms)
{
    chip_str_add(out, "\"start\": ");
    chip_stamp_add_seconds(out, start_ms);
    chip_str_add(out, ", \"end\": ");
    chip_stamp_add_seconds(out, end_ms);
}

/* WhisperX numbers them SPEAKER_00, SPEAKER_01, ... */
static void add_speaker(struct chip_str *out, int speaker)
{
    if (speaker >= 0)
        chip_str_addf(out, ", \"speaker\": \"SPEAKER_%02d\"", speaker);
}

static void add_words(struct chip_str *out, const struct chip_word *words, size_t n_words,
                      const char *indent)
{
    chip_str_add(out, "[");
    for (size_t i = 0; i < n_words; i++) {
        chip_str_addf(out, "%s\n%s  {\"word\": ", i ? "," : "", indent);
        chip_json_add_string(out, words[i].text);
        chip_str_add(out, ", ");
        add_times(out, words[i].start_ms, words[i].end_ms);
        chip_str_add(out, ", \"score\": ");
        chip_json_add_confidence(out, words[i].confidence);
        add_speaker(out, words[i].speaker);
        chip_str_add(out, "}");
    }
    if (n_words)
        chip_str_addf(out, "\n%s", indent);
    chip_str_add(out, "]");
}

enum chip_status chip_format_whisperx(const struct chip_transcript *t,
                                      const struct chip_format_options *options,
                                      struct chip_str *out, struct chip_err *err)
{
    (void)options;
    (void)err;
    chip_str_add(out, "{\n  \"segments\": [");
    for (size_t i = 0; i < t->n_segments; i++) {
        const struct chip_segment *seg = &t->segments[i];
        chip_str_add(out, i ? ",\n    {\n      " : "\n    {\n      ");
        add_times(out, seg->start_ms, seg->end_ms);
        chip_str_add(out, ",\n      \"text\": ");
        chip_json_add_string(out, seg->text);
        add_speaker(out, seg->speaker);
        chip_str_add(out, ",\n      \"words\": ");
        add_words(out, t->words + seg->first_word, seg->n_words, "      ");
        chip_str_add(out, "\n    }");
    }
    chip_str_add(out,
                 t->n_segments ? "\n  ],\n  \"word_segments\": " : "],\n  \"word_segments\": ");
    add_words(out, t->words, t->n_words, "  ");
    chip_str_add(out, ",\n  \"language\": ");
    chip_json_add_string(out, t->language);
    chip_str_add(out, "\n}\n");
    return CHIP_OK;
}
