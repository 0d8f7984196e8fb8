#include "meeting/json.h"

#include <math.h>

#include "meeting/format.h"
#include "meeting/stamp.h"
#include "meeting/voices.h"

/*
 * Written directly instead of through a JSON library: times keep exactly three decimals, whatever
 * the locale, and a long meeting needs no tree in memory. One word is one line, so that two
 * transcripts can be compared with diff.
 */

void chip_json_add_string(struct chip_str *out, const char *text)
{
    chip_str_add(out, "\"");
    for (const char *from = text;; text++) {
        unsigned char c = (unsigned char)*text;
        if (c >= 0x20 && c != '"' && c != '\\')
            continue;
        chip_str_add_n(out, from, (size_t)(text - from));
        if (!c)
            break;
        if (c < 0x20)
            chip_str_addf(out, "\\u%04x", c);
        else
            chip_str_addf(out, "\\%c", c);
        from = text + 1;
    }
    chip_str_add(out, "\"");
}

void chip_json_add_confidence(struct chip_str *out, float confidence)
{
    int parts = (int)((double)confidence * 10000 + 0.5);
    chip_str_addf(out, "%d.%04d", parts / 10000, parts % 10000);
}

static void add_times(struct chip_str *out, int64_t start_ms, int64_t end_ms)
{
    chip_str_add(out, "\"start\": ");
    chip_stamp_add_seconds(out, start_ms);
    chip_str_add(out, ", \"end\": ");
    chip_stamp_add_seconds(out, end_ms);
}

static void add_speaker(struct chip_str *out, const struct chip_transcript *t, int speaker)
{
    if (speaker < 0)
        return;
    chip_str_add(out, ", \"speaker\": ");
    chip_json_add_string(out, t->speakers[speaker].label);
}

static void add_word(struct chip_str *out, const struct chip_transcript *t,
                     const struct chip_word *word)
{
    chip_str_add(out, "        {\"word\": ");
    chip_json_add_string(out, word->text);
    chip_str_add(out, ", ");
    add_times(out, word->start_ms, word->end_ms);
    chip_str_add(out, ", \"confidence\": ");
    chip_json_add_confidence(out, word->confidence);
    add_speaker(out, t, word->speaker);
    chip_str_add(out, "}");
}

static void add_segment(struct chip_str *out, const struct chip_transcript *t, size_t id)
{
    const struct chip_segment *seg = &t->segments[id];
    chip_str_addf(out, "    {\n      \"id\": %zu, ", id);
    add_times(out, seg->start_ms, seg->end_ms);
    add_speaker(out, t, seg->speaker);
    chip_str_add(out, ",\n      \"text\": ");
    chip_json_add_string(out, seg->text);
    chip_str_add(out, ",\n      \"confidence\": ");
    chip_json_add_confidence(out, seg->confidence);
    chip_str_add(out, ",\n      \"words\": [");
    for (size_t i = 0; i < seg->n_words; i++) {
        chip_str_add(out, i ? ",\n" : "\n");
        add_word(out, t, &t->words[seg->first_word + i]);
    }
    chip_str_add(out, seg->n_words ? "\n      ]\n    }" : "]\n    }");
}

static void add_audit(struct chip_str *out, const struct chip_audit *audit)
{
    chip_str_add(out, "    {\"kind\": ");
    chip_json_add_string(out, chip_audit_kind_name(audit->kind));
    chip_str_add(out, ", ");
    add_times(out, audit->start_ms, audit->end_ms);
    chip_str_add(out, ", \"detail\": ");
    chip_json_add_string(out, audit->detail);
    chip_str_add(out, "}");
}

static void add_turn(struct chip_str *out, const struct chip_transcript *t,
                     const struct chip_turn *turn)
{
    chip_str_add(out, "    {");
    add_times(out, turn->start_ms, turn->end_ms);
    add_speaker(out, t, turn->speaker);
    chip_str_add(out, ", \"confidence\": ");
    chip_json_add_confidence(out, turn->confidence);
    chip_str_add(out, "}");
}

static void add_speakers(struct chip_str *out, const struct chip_transcript *t)
{
    chip_str_add(out, ",\n  \"speakers\": [");
    for (size_t i = 0; i < t->n_speakers; i++) {
        chip_str_add(out, i ? ",\n    {\"id\": " : "\n    {\"id\": ");
        chip_json_add_string(out, t->speakers[i].label);
        chip_str_add(out, ", \"name\": ");
        chip_json_add_string(out, t->speakers[i].name);
        if (*t->speakers[i].suggestion) {
            chip_str_add(out, ", \"suggestion\": ");
            chip_json_add_string(out, t->speakers[i].suggestion);
            chip_str_add(out, ", \"similarity\": ");
            chip_json_add_confidence(out, fminf(fmaxf(t->speakers[i].similarity, 0.0f), 1.0f));
        }
        chip_str_add(out, "}");
    }
    chip_str_add(out, "\n  ],\n  \"turns\": [");
    for (size_t i = 0; i < t->n_turns; i++) {
        chip_str_add(out, i ? ",\n" : "\n");
        add_turn(out, t, &t->turns[i]);
    }
    chip_str_add(out, t->n_turns ? "\n  ]" : "]");
    if (t->voices) {
        chip_str_add(out, ",\n  \"voices\": \"");
        chip_voices_encode(t->voices, out);
        chip_str_add(out, "\"");
    }
}

enum chip_status chip_format_json(const struct chip_transcript *t,
                                  const struct chip_format_options *options, struct chip_str *out,
                                  struct chip_err *err)
{
    (void)options;
    (void)err;
    chip_str_add(out, "{\n  \"schema\": \"" CHIP_TRANSCRIPT_SCHEMA "\",\n  \"model\": ");
    chip_json_add_string(out, t->model);
    chip_str_add(out, ",\n  \"language\": ");
    chip_json_add_string(out, t->language);
    chip_str_add(out, ",\n  \"duration\": ");
    chip_stamp_add_seconds(out, t->duration_ms);
    chip_str_add(out, ",\n  \"speech\": ");
    chip_stamp_add_seconds(out, t->speech_ms);
    if (t->overlap_modelled)
        chip_str_add(out, ",\n  \"overlap_modelled\": true");
    if (t->n_speakers)
        add_speakers(out, t);

    chip_str_add(out, ",\n  \"segments\": [");
    for (size_t i = 0; i < t->n_segments; i++) {
        chip_str_add(out, i ? ",\n" : "\n");
        add_segment(out, t, i);
    }
    chip_str_add(out, t->n_segments ? "\n  ],\n  \"audit\": [" : "],\n  \"audit\": [");
    for (size_t i = 0; i < t->n_audit; i++) {
        chip_str_add(out, i ? ",\n" : "\n");
        add_audit(out, &t->audit[i]);
    }
    chip_str_add(out, t->n_audit ? "\n  ]\n}\n" : "]\n}\n");
    return CHIP_OK;
}

enum chip_status chip_transcript_to_json(const struct chip_transcript *t, char **out,
                                         struct chip_err *err)
{
    return chip_format_transcript(t, CHIP_FORMAT_JSON, NULL, out, err);
}
