/**
 * Language models by vendor: how each is asked, and what its answers and refusals mean. Pure
 * functions over JSON; sending is send.h. Any thread.
 */
#pragma once

#include <jansson.h>
#include <stdbool.h>
#include <stdint.h>

#include "base/str.h"
#include "minutes/provider/fault.h"

/** One question. Borrowed. */
struct chip_llm_ask {
    const char *model, *system, *user;
    const json_t *schema; /* of the answer (minutes/schema.h) */
    const char *schema_name;
    int max_tokens;
    const double *temperature; /* NULL: not sent */
};

/** What an answer holds. */
struct chip_llm_text {
    struct chip_str text;                /* owned */
    int64_t input_tokens, output_tokens; /* -1: the server did not say */
};

struct chip_llm_vendor {
    const char *name;           /* "gemini" */
    const char *base_url;       /* NULL: must be set */
    const char *model;          /* NULL: must be set */
    const char *key_header;     /* "Authorization: Bearer " */
    bool needs_key;             /* nothing works without */
    const char *version_header; /* "anthropic-version: "; NULL: none */
    int chunk_tokens;           /* of transcript that fit beside the rest */

    /** Appends the path behind the base URL. */
    void (*add_path)(const struct chip_llm_ask *ask, struct chip_str *url);
    /** @return a new reference; NULL: out of memory */
    json_t *(*make_body)(const struct chip_llm_ask *ask);
    /** Reads an answer with HTTP status 200. @param out filled as far as there is something */
    enum chip_llm_fault (*read)(const json_t *answer, struct chip_llm_text *out);
    /** What an HTTP status of 400 or more means. @param body NULL: it was no JSON */
    enum chip_llm_fault (*explain)(int http, const json_t *body, struct chip_llm_wish *wish);
};

extern const struct chip_llm_vendor chip_llm_gemini, chip_llm_openai, chip_llm_anthropic,
    chip_llm_compatible;

/** @return NULL: no such vendor */
const struct chip_llm_vendor *chip_llm_vendor_by_name(const char *name);
