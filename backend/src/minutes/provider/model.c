#include "minutes/provider/model.h"

#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "minutes/retry.h"
#include "minutes/schema.h"

static void count(struct chip_llm_model *m, const struct chip_llm_text *text, bool answered)
{
    m->has_usage = (m->requests == 0 || m->has_usage) &&
                   (!answered || (text->input_tokens >= 0 && text->output_tokens >= 0));
    m->requests++;
    m->input_tokens += text->input_tokens > 0 ? text->input_tokens : 0;
    m->output_tokens += text->output_tokens > 0 ? text->output_tokens : 0;
}

static enum chip_llm_fault spent(struct chip_err *message)
{
    chip_fail(message, CHIP_E_LIMIT, "%s", chip_llm_fault_advice(CHIP_LLM_DEADLINE));
    return CHIP_LLM_DEADLINE;
}

/* One request takes no longer than what is left. @param seconds left, rounded up */
static enum chip_llm_fault send(struct chip_llm_model *m, const struct chip_llm_ask *ask,
                                int seconds, struct chip_llm_text *text, struct chip_llm_wish *wish,
                                struct chip_err *message)
{
    struct chip_llm_server server = m->server;
    if (server.timeout_s > seconds)
        server.timeout_s = seconds;
    enum chip_llm_fault fault = chip_llm_send(&server, ask, text, wish, message);
    count(m, text, fault == CHIP_LLM_FINE);
    return fault;
}

/* Repeats what may pass by itself. @param text to be released when it is fine */
static enum chip_llm_fault send_patiently(struct chip_llm_model *m, const struct chip_llm_ask *ask,
                                          struct chip_llm_text *text, struct chip_err *message)
{
    for (int failures = 1;; failures++) {
        int64_t left = m->deadline_ms - chip_clock_ms();
        if (left <= 0)
            return spent(message);
        struct chip_llm_wish wish;
        enum chip_llm_fault fault = send(m, ask, (int)((left + 999) / 1000), text, &wish, message);
        if (fault == CHIP_LLM_FINE)
            return fault;
        chip_str_done(&text->text);
        if (failures >= m->attempts || !chip_llm_fault_passes(fault, &wish))
            return fault;
        double random = (double)(chip_clock_ns() / 1000 % 1000) / 1000;
        int64_t wait = chip_retry_wait_ms(&wish, failures, m->retry_ms, random);
        if (wait >= m->deadline_ms - chip_clock_ms())
            return fault; /* it would be too late then */
        if (!chip_retry_sleep(wait, m->server.cancel))
            return CHIP_LLM_CANCELLED;
    }
}

/* Models of some servers put a fence or a sentence around the object. */
static json_t *parse(const struct chip_str *text)
{
    json_t *value = json_loadb(text->data, text->len, 0, NULL);
    const char *start = strchr(text->data, '{'), *end = strrchr(text->data, '}');
    if (!value && start && end > start)
        value = json_loadb(start, (size_t)(end - start) + 1, 0, NULL);
    return value;
}

static enum chip_llm_fault read_json(const struct chip_str *text, const json_t *schema,
                                     json_t **out, struct chip_err *message)
{
    json_t *value = parse(text);
    if (!value) {
        chip_fail(message, CHIP_E_FORMAT, "%s", chip_llm_fault_advice(CHIP_LLM_INVALID_JSON));
        return CHIP_LLM_INVALID_JSON;
    }
    struct chip_err why;
    if (chip_minutes_schema_check(schema, value, &why) != CHIP_OK) {
        json_decref(value);
        chip_fail(message, CHIP_E_FORMAT, "%s (%.100s)",
                  chip_llm_fault_advice(CHIP_LLM_WRONG_SCHEMA), why.message);
        return CHIP_LLM_WRONG_SCHEMA;
    }
    *out = value;
    return CHIP_LLM_FINE;
}

static enum chip_llm_fault ask_once(struct chip_llm_model *m, const struct chip_llm_ask *ask,
                                    json_t **out, struct chip_err *message)
{
    struct chip_llm_text text;
    enum chip_llm_fault fault = send_patiently(m, ask, &text, message);
    if (fault != CHIP_LLM_FINE)
        return fault;
    fault = read_json(&text.text, ask->schema, out, message);
    chip_str_done(&text.text);
    return fault;
}

/* The same again, with what was wrong; the bad answer itself is not repeated. */
static enum chip_llm_fault repair(struct chip_llm_model *m, const struct chip_llm_ask *ask,
                                  json_t **out, struct chip_err *message)
{
    struct chip_str user = {0};
    char *schema = json_dumps(ask->schema, JSON_COMPACT);
    chip_str_addf(&user,
                  "%s\nAn earlier answer could not be used: %s.\nAnswer with one JSON object of "
                  "exactly this JSON Schema, without anything before or after it:\n%s\n",
                  ask->user, message->message, schema ? schema : "");
    free(schema);
    enum chip_llm_fault fault = CHIP_LLM_NO_MEMORY;
    if (!user.failed) {
        struct chip_llm_ask again = *ask;
        again.user = user.data;
        fault = ask_once(m, &again, out, message);
    }
    chip_str_done(&user);
    return fault;
}

enum chip_llm_fault chip_llm_model_ask(struct chip_llm_model *model, const char *system,
                                       const char *user, const json_t *schema, const char *name,
                                       json_t **out, struct chip_err *message)
{
    struct chip_llm_ask ask = {
        .model = model->model,
        .system = system,
        .user = user,
        .schema = schema,
        .schema_name = name,
        .max_tokens = model->max_tokens,
        .temperature = model->temperature,
    };
    struct chip_err own;
    struct chip_err *said = message ? message : &own;
    enum chip_llm_fault fault = ask_once(model, &ask, out, said);
    if (fault == CHIP_LLM_INVALID_JSON || fault == CHIP_LLM_WRONG_SCHEMA)
        fault = repair(model, &ask, out, said);
    return fault;
}
