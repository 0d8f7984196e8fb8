#include "http/openai_answer.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <zlib.h>

static json_t *seconds(int64_t ms)
{
    return json_real((double)ms / 1000.0);
}

static const char *string_or(const struct chip_str *s, const char *otherwise)
{
    return s->data ? s->data : otherwise;
}

void chip_openai_text(struct chip_str *out, const struct chip_transcript *t)
{
    for (size_t i = 0; i < t->n_segments; i++)
        chip_str_addf(out, "%s%s", i ? " " : "", t->segments[i].text);
}

/* ---- speakers ---- */

const char *chip_openai_speaker(const struct chip_transcript *t, int speaker,
                                char letters[CHIP_SPEAKER_LETTERS])
{
    if (speaker >= 0 && (size_t)speaker < t->n_speakers && t->speakers[speaker].name[0])
        return t->speakers[speaker].name;
    char *at = letters + CHIP_SPEAKER_LETTERS - 1;
    *at = '\0';
    int n = speaker < 0 ? 0 : speaker;
    do {
        *--at = (char)('A' + n % 26);
        n = n / 26 - 1;
    } while (n >= 0 && at > letters);
    return at;
}

json_t *chip_openai_segment(const struct chip_transcript *t, size_t segment)
{
    char id[24], letters[CHIP_SPEAKER_LETTERS];
    const struct chip_segment *s = &t->segments[segment];
    snprintf(id, sizeof id, "seg_%zu", segment);
    return json_pack("{s:s, s:s, s:o, s:o, s:s, s:s}", "type", "transcript.text.segment", "id", id,
                     "start", seconds(s->start_ms), "end", seconds(s->end_ms), "text", s->text,
                     "speaker", chip_openai_speaker(t, s->speaker, letters));
}

/* ---- verbose_json ---- */

/* How Whisper names languages; the others keep their code. */
static const char *language_name(const char *code)
{
    static const char *const names[][2] = {
        {"en", "english"}, {"de", "german"},     {"fr", "french"},   {"es", "spanish"},
        {"it", "italian"}, {"pt", "portuguese"}, {"nl", "dutch"},    {"pl", "polish"},
        {"sv", "swedish"}, {"da", "danish"},     {"fi", "finnish"},  {"cs", "czech"},
        {"ru", "russian"}, {"uk", "ukrainian"},  {"tr", "turkish"},  {"ar", "arabic"},
        {"hi", "hindi"},   {"zh", "chinese"},    {"ja", "japanese"}, {"ko", "korean"},
    };
    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        if (strcmp(code, names[i][0]) == 0)
            return names[i][1];
    return code;
}

/* Repetition makes text compress well: Whisper's measure of it. */
static double compression_ratio(const char *text)
{
    uLong n = (uLong)strlen(text);
    uLongf n_small = compressBound(n);
    unsigned char *small = n ? malloc(n_small) : NULL;
    double ratio = 1.0;
    if (small && compress(small, &n_small, (const Bytef *)text, n) == Z_OK && n_small)
        ratio = (double)n / (double)n_small;
    free(small);
    return ratio;
}

static json_t *verbose_segment(const struct chip_transcript *t, size_t i)
{
    const struct chip_segment *s = &t->segments[i];
    struct chip_str text = {0};
    chip_str_addf(&text, " %s", s->text); /* as Whisper does: texts joined are the whole */
    double confidence = s->confidence > 1e-6F ? (double)s->confidence : 1e-6;
    /* Our tokens are not those that the field means, and there is no voice detector in the model:
     * speech was heard before. */
    json_t *segment = json_pack(
        "{s:I, s:I, s:o, s:o, s:s, s:[], s:f, s:f, s:f, s:f}", "id", (json_int_t)i, "seek",
        (json_int_t)(s->start_ms / 10), "start", seconds(s->start_ms), "end", seconds(s->end_ms),
        "text", string_or(&text, s->text), "tokens", "temperature", 0.0, "avg_logprob",
        log(confidence), "compression_ratio", compression_ratio(s->text), "no_speech_prob", 0.0);
    chip_str_done(&text);
    return segment;
}

static json_t *verbose_word(const struct chip_word *w)
{
    return json_pack("{s:s, s:o, s:o}", "word", w->text, "start", seconds(w->start_ms), "end",
                     seconds(w->end_ms));
}

static json_t *usage(const struct chip_transcript *t)
{
    return json_pack("{s:s, s:o}", "type", "duration", "seconds", seconds(t->duration_ms));
}

static json_t *verbose(const struct chip_openai_request *request, const struct chip_transcript *t,
                       const char *text)
{
    json_t *answer = json_pack("{s:s, s:s, s:o, s:s, s:o}", "task", "transcribe", "language",
                               language_name(t->language), "duration", seconds(t->duration_ms),
                               "text", text, "usage", usage(t));
    if (request->segments) {
        json_t *segments = json_array();
        for (size_t i = 0; i < t->n_segments; i++)
            json_array_append_new(segments, verbose_segment(t, i));
        json_object_set_new(answer, "segments", segments);
    }
    if (request->words) {
        json_t *words = json_array();
        for (size_t i = 0; i < t->n_words; i++)
            json_array_append_new(words, verbose_word(&t->words[i]));
        json_object_set_new(answer, "words", words);
    }
    return answer;
}

static json_t *diarized(const struct chip_transcript *t, const char *text)
{
    json_t *segments = json_array();
    for (size_t i = 0; i < t->n_segments; i++)
        json_array_append_new(segments, chip_openai_segment(t, i));
    return json_pack("{s:s, s:o, s:s, s:o, s:o}", "task", "transcribe", "duration",
                     seconds(t->duration_ms), "text", text, "segments", segments, "usage",
                     usage(t));
}

/* ---- all of them ---- */

static enum chip_status as_json(const struct chip_openai_request *request,
                                const struct chip_transcript *t, char **out, struct chip_err *err)
{
    struct chip_str text = {0};
    json_t *answer;
    chip_openai_text(&text, t);
    if (request->format == CHIP_SPEECH_VERBOSE)
        answer = verbose(request, t, string_or(&text, ""));
    else if (request->format == CHIP_SPEECH_DIARIZED)
        answer = diarized(t, string_or(&text, ""));
    else
        answer = json_pack("{s:s, s:o}", "text", string_or(&text, ""), "usage", usage(t));
    *out =
        answer && !text.failed ? json_dumps(answer, JSON_COMPACT | JSON_REAL_PRECISION(9)) : NULL;
    json_decref(answer);
    chip_str_done(&text);
    return *out ? CHIP_OK : chip_fail(err, CHIP_E_NOMEM, "not enough memory for the answer");
}

enum chip_status chip_openai_answer(const struct chip_openai_request *request,
                                    const struct chip_transcript *t, char **out, const char **type,
                                    struct chip_err *err)
{
    struct chip_str text = {0};
    *type = "text/plain; charset=utf-8";
    switch (request->format) {
    case CHIP_SPEECH_TEXT:
        chip_openai_text(&text, t);
        chip_str_add(&text, "\n");
        return chip_str_finish(&text, out, err);
    case CHIP_SPEECH_SRT:
        return chip_format_transcript(t, CHIP_FORMAT_SRT, NULL, out, err);
    case CHIP_SPEECH_VTT:
        *type = "text/vtt; charset=utf-8";
        return chip_format_transcript(t, CHIP_FORMAT_VTT, NULL, out, err);
    case CHIP_SPEECH_JSON:
    case CHIP_SPEECH_VERBOSE:
    case CHIP_SPEECH_DIARIZED:
        break;
    }
    *type = "application/json";
    return as_json(request, t, out, err);
}

/* ---- errors ---- */

json_t *chip_openai_error(const json_t *error, int *status)
{
    static const struct {
        const char *code;
        int status;
    } faults[] = {
        /* what the recording or the request is to blame for; everything else is ours */
        {"bad_recording", 400}, {"no_audio", 400},  {"unsupported", 400},
        {"bad_request", 400},   {"too_large", 413}, {"checksum", 400},
    };
    const char *code = json_string_value(json_object_get(error, "code"));
    const char *message = json_string_value(json_object_get(error, "message"));
    *status = 500;
    for (size_t i = 0; code && i < sizeof faults / sizeof *faults; i++)
        if (strcmp(code, faults[i].code) == 0)
            *status = faults[i].status;
    bool ours = *status == 500;
    return json_pack("{s:s, s:s, s:s?, s:s}", "message",
                     message ? message : "the recording could not be transcribed", "type",
                     ours ? "server_error" : "invalid_request_error", "param", ours ? NULL : "file",
                     "code", code ? code : "internal");
}
