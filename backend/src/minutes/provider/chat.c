#include "minutes/provider/chat.h"

#include <string.h>

#include "minutes/provider/json.h"

json_t *chip_llm_chat_body(const struct chip_llm_ask *ask, const char *limit)
{
    json_t *body = json_pack("{s:s, s:[{s:s, s:s}, {s:s, s:s}], s:{s:s, s:{s:s, s:b, s:O}}, s:i}",
                             "model", ask->model, "messages", "role", "system", "content",
                             ask->system, "role", "user", "content", ask->user, "response_format",
                             "type", "json_schema", "json_schema", "name", ask->schema_name,
                             "strict", 1, "schema", ask->schema, limit, ask->max_tokens);
    if (body && ask->temperature)
        json_object_set_new(body, "temperature", json_real(*ask->temperature));
    return body;
}

void chip_llm_chat_path(const struct chip_llm_ask *ask, struct chip_str *url)
{
    (void)ask;
    chip_str_add(url, "/chat/completions");
}

enum chip_llm_fault chip_llm_chat_read(const json_t *answer, struct chip_llm_text *out)
{
    const json_t *usage = json_object_get(answer, "usage");
    out->input_tokens = chip_llm_count_of(usage, "prompt_tokens");
    out->output_tokens = chip_llm_count_of(usage, "completion_tokens");

    const json_t *choice = json_array_get(json_object_get(answer, "choices"), 0);
    const json_t *message = json_object_get(choice, "message");
    const char *finish = chip_llm_text_of(choice, "finish_reason");
    const char *refusal = chip_llm_text_of(message, "refusal");
    if (chip_llm_is(finish, "content_filter"))
        return CHIP_LLM_CONTENT_FILTER;
    if (refusal && *refusal)
        return CHIP_LLM_REFUSAL;
    if (chip_llm_is(finish, "length"))
        return CHIP_LLM_TRUNCATED;
    const char *text = chip_llm_text_of(message, "content");
    if (text)
        chip_str_add(&out->text, text);
    return CHIP_LLM_FINE;
}

/* Servers say it in one of two members; llama.cpp has a number for the code. */
static bool says(const json_t *error, const char *word)
{
    return chip_llm_is(chip_llm_text_of(error, "code"), word) ||
           chip_llm_is(chip_llm_text_of(error, "type"), word);
}

static bool is_quota(const json_t *error)
{
    static const char *const words[] = {"insufficient_quota", "credit_balance_exhausted",
                                        "billing_hard_limit_reached", "billing_not_active"};
    for (size_t i = 0; i < sizeof words / sizeof *words; i++)
        if (says(error, words[i]))
            return true;
    return false;
}

enum chip_llm_fault chip_llm_chat_explain(int http, const json_t *body, struct chip_llm_wish *wish)
{
    (void)wish; /* it is in the headers */
    const json_t *error = json_object_get(body, "error");
    if (is_quota(error))
        return CHIP_LLM_QUOTA;
    if (says(error, "context_length_exceeded") || says(error, "exceed_context_size_error"))
        return CHIP_LLM_PROMPT_LIMIT;
    if (says(error, "content_filter") || says(error, "content_policy_violation"))
        return CHIP_LLM_CONTENT_FILTER;
    if (says(error, "model_not_found"))
        return CHIP_LLM_NO_MODEL;
    if (http >= 500 && (says(error, "server_is_overloaded") || says(error, "slow_down")))
        return CHIP_LLM_OVERLOADED;
    return chip_llm_fault_of_http(http);
}
