/* Anthropic's Messages. */
#include "minutes/provider/vendor.h"

#include <string.h>

#include "minutes/provider/json.h"

static void add_path(const struct chip_llm_ask *ask, struct chip_str *url)
{
    (void)ask;
    chip_str_add(url, chip_llm_ends(url, "/v1") ? "/messages" : "/v1/messages");
}

static json_t *make_body(const struct chip_llm_ask *ask)
{
    json_t *body = json_pack("{s:s, s:i, s:s, s:[{s:s, s:s}], s:{s:{s:s, s:O}}}", "model",
                             ask->model, "max_tokens", ask->max_tokens, "system", ask->system,
                             "messages", "role", "user", "content", ask->user, "output_config",
                             "format", "type", "json_schema", "schema", ask->schema);
    if (body && ask->temperature)
        json_object_set_new(body, "temperature", json_real(*ask->temperature));
    return body;
}

/* What was read from a cache or put into it is not in input_tokens. */
static int64_t input_tokens(const json_t *usage)
{
    int64_t n = chip_llm_count_of(usage, "input_tokens");
    int64_t made = chip_llm_count_of(usage, "cache_creation_input_tokens");
    int64_t read = chip_llm_count_of(usage, "cache_read_input_tokens");
    return n < 0 ? n : n + (made > 0 ? made : 0) + (read > 0 ? read : 0);
}

static enum chip_llm_fault fault_of_stop(const char *reason)
{
    if (chip_llm_is(reason, "refusal"))
        return CHIP_LLM_REFUSAL;
    if (chip_llm_is(reason, "max_tokens"))
        return CHIP_LLM_TRUNCATED;
    if (chip_llm_is(reason, "model_context_window_exceeded"))
        return CHIP_LLM_PROMPT_LIMIT;
    if (chip_llm_is(reason, "pause_turn") || chip_llm_is(reason, "tool_use"))
        return CHIP_LLM_EMPTY; /* we gave no tools: nothing to be used */
    return CHIP_LLM_FINE;
}

static enum chip_llm_fault read_answer(const json_t *answer, struct chip_llm_text *out)
{
    const json_t *usage = json_object_get(answer, "usage");
    out->input_tokens = input_tokens(usage);
    out->output_tokens = chip_llm_count_of(usage, "output_tokens");
    enum chip_llm_fault fault = fault_of_stop(chip_llm_text_of(answer, "stop_reason"));
    if (fault != CHIP_LLM_FINE)
        return fault;
    size_t i;
    const json_t *block;
    json_array_foreach(json_object_get(answer, "content"), i, block)
    {
        const char *text = chip_llm_text_of(block, "text");
        if (text && chip_llm_is(chip_llm_text_of(block, "type"), "text"))
            chip_str_add(&out->text, text);
    }
    return CHIP_LLM_FINE;
}

static enum chip_llm_fault explain(int http, const json_t *body, struct chip_llm_wish *wish)
{
    (void)wish; /* it is in the headers */
    const json_t *error = json_object_get(body, "error");
    const char *type = chip_llm_text_of(error, "type");
    const char *code = chip_llm_text_of(json_object_get(error, "details"), "error_code");
    const char *message = chip_llm_text_of(error, "message");
    if (chip_llm_is(code, "enforced_spend_limit_reached") || chip_llm_is(type, "billing_error"))
        return CHIP_LLM_QUOTA;
    if (http >= 500 && chip_llm_is(type, "overloaded_error"))
        return CHIP_LLM_OVERLOADED;
    if (http == 400 && message && strstr(message, "credit balance is too low"))
        return CHIP_LLM_QUOTA;
    if (http == 400 && message && strstr(message, "prompt is too long"))
        return CHIP_LLM_PROMPT_LIMIT;
    return chip_llm_fault_of_http(http);
}

const struct chip_llm_vendor chip_llm_anthropic = {
    .name = "anthropic",
    .base_url = "https://api.anthropic.com",
    .model = "claude-sonnet-5-5",
    .key_header = "x-api-key: ",
    .needs_key = true,
    .version_header = "anthropic-version: ",
    .chunk_tokens = 24000,
    .add_path = add_path,
    .make_body = make_body,
    .read = read_answer,
    .explain = explain,
};
