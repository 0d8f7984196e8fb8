#include "job/document.h"

#include <stdlib.h>
#include <string.h>

#include "meeting/json.h"
#include "net/base64.h"

static enum chip_status parse(char *text, json_t **out, struct chip_err *err)
{
    json_error_t why;
    json_t *value = json_loads(text, 0, &why);
    free(text);
    if (!value)
        return chip_fail(err, CHIP_E_NOMEM, "not enough memory for the result: %s", why.text);
    *out = value;
    return CHIP_OK;
}

enum chip_status chip_document_of_transcript(const struct chip_transcript *transcript, json_t **out,
                                             struct chip_err *err)
{
    char *text;
    enum chip_status s = chip_transcript_to_json(transcript, &text, err);
    return s == CHIP_OK ? parse(text, out, err) : s;
}

enum chip_status chip_document_to_transcript(const json_t *document, struct chip_transcript **out,
                                             struct chip_err *err)
{
    char *text = json_dumps(document, JSON_COMPACT);
    if (!text)
        return json_is_object(document)
                   ? chip_fail(err, CHIP_E_NOMEM, "not enough memory for a transcript")
                   : chip_fail(err, CHIP_E_FORMAT, "the stored transcript is none");
    enum chip_status s = chip_transcript_from_json(text, strlen(text), out, err);
    free(text);
    return s;
}

enum chip_status chip_document_of_metrics(const struct chip_transcript *transcript, json_t **out,
                                          struct chip_err *err)
{
    struct chip_metrics *metrics;
    enum chip_status s = chip_metrics_compute(&metrics, transcript, NULL, err);
    if (s != CHIP_OK)
        return s;
    char *text;
    s = chip_metrics_write(metrics, transcript, CHIP_METRICS_JSON, NULL, &text, err);
    chip_metrics_free(metrics);
    return s == CHIP_OK ? parse(text, out, err) : s;
}

json_t *chip_document_of_waveform(const struct chip_waveform *waveform)
{
    char *peaks = chip_base64_encode(CHIP_BASE64, waveform->peaks, waveform->n_points);
    json_t *document = peaks
                           ? json_pack("{s:i, s:I, s:I, s:s}", "version", 1, "duration_ms",
                                       (json_int_t)chip_waveform_duration_ms(waveform), "point_ms",
                                       (json_int_t)chip_waveform_point_ms(waveform), "peaks", peaks)
                           : NULL;
    free(peaks);
    return document;
}

enum chip_status chip_document_join(struct chip_transcript *transcript,
                                    const struct chip_transcript *more, struct chip_err *err)
{
    enum chip_status s = CHIP_OK;
    if (!*transcript->model && *more->model)
        s = chip_transcript_set_model(transcript, more->model, err);
    if (s == CHIP_OK && !*transcript->language && *more->language)
        s = chip_transcript_set_language(transcript, more->language, err);
    return s == CHIP_OK ? chip_transcript_append(transcript, more, err) : s;
}
