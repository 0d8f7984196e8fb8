/** A language model that is asked for JSON: with retries, one repair round, and a count of it all.
 */
#pragma once

#include "minutes/provider/send.h"

/** One thread at a time. */
struct chip_llm_model {
    struct chip_llm_server server;
    const char *model;
    const double *temperature; /* NULL: not sent */
    int max_tokens, attempts, retry_ms;
    int64_t deadline_ms; /* of chip_clock_ms() */

    int requests; /* counted, failed ones too */
    int64_t input_tokens, output_tokens;
    bool has_usage; /* all answers said what they took */
};

/**
 * Asks until there is an answer of the schema's shape, or no hope of one.
 *
 * @param name    of the schema
 * @param out     the answer, a new reference; untouched on a fault
 * @param message one sentence about the fault
 */
enum chip_llm_fault chip_llm_model_ask(struct chip_llm_model *model, const char *system,
                                       const char *user, const json_t *schema, const char *name,
                                       json_t **out, struct chip_err *message);
