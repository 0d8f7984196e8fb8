/**
 * Minutes by whoever is set: a language model whose claims are checked, or the built-in analyst.
 * Any thread; nothing is kept between calls.
 */
#pragma once

#include "minutes/minutes.h"

/** Who writes, and how. Zero-initialise; every zero means the default; all texts are borrowed. */
struct chip_minutes_provider {
    const char *provider; /* gemini openai anthropic compatible builtin auto; NULL: auto */
    const char *model;    /* of the provider; NULL: the vendor's default; compatible has none */
    const char *base_url; /* of the provider; NULL: the vendor's; compatible has none */
    const char *gemini_key, *openai_key, *anthropic_key;
    const char *compatible_key;    /* NULL: none is sent */
    const char *fallback;          /* "openai, compatible:llama3.2:3b": asked next, in order */
    const char *anthropic_version; /* NULL: 2026-10-21 */
    const char *templates_dir;     /* its NAME.md come before our own; NULL: none */
    const char *prices;            /* "gpt-5.1=1.25/10, ...": USD per million tokens in and out */
    const double *temperature;     /* NULL: not sent, as many models refuse it */
    int connect_timeout_s;         /* 0: 10 */
    int timeout_s;                 /* of one request; 0: 300 */
    int stall_timeout_s;           /* without a byte; 0: timeout_s */
    int deadline_s;                /* for all of it, retries and fallbacks included; 0: 900 */
    int attempts;                  /* of each request; 0: 3 */
    int retry_ms;                  /* before the second, doubled for each further one; 0: 500 */
    int max_tokens;                /* of an answer; 0: 8192 */
    int chunk_tokens;              /* of transcript in a request; 0: 24000, compatible: 6000 */
    size_t max_answer;             /* bytes; 0: 8 MiB */
};

/**
 * Writes minutes. `auto` takes the first of gemini, openai and anthropic that has a key, compatible
 * if there is only a base URL, else the built-in analyst. When a model fails, those of `fallback`
 * are asked, and at last the built-in analyst; `audit.failures` says what went wrong. What a model
 * wrote has been through chip_minutes_verify().
 *
 * @param options NULL for all defaults
 * @param out     docs/MINUTES.md; a new reference; untouched on failure
 * @return CHIP_OK; CHIP_E_INVAL for settings or a template that make no sense; CHIP_E_CANCELLED;
 *         CHIP_E_NOMEM
 */
CHIP_MUST_CHECK
enum chip_status chip_minutes_write(const struct chip_minutes_provider *settings,
                                    const struct chip_transcript *transcript,
                                    const struct chip_minutes_options *options, json_t **out,
                                    struct chip_err *err);

/** Do the settings make sense? For `chip doctor` and at start. @return CHIP_OK or CHIP_E_INVAL */
CHIP_MUST_CHECK
enum chip_status chip_minutes_provider_check(const struct chip_minutes_provider *settings,
                                             struct chip_err *err);
