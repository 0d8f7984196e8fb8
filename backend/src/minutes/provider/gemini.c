/* Google's generateContent. */
#include "minutes/provider/vendor.h"

#include <stdlib.h>
#include <string.h>

#include "minutes/provider/json.h"

static void add_path(const struct chip_llm_ask *ask, struct chip_str *url)
{
    if (!chip_llm_ends(url, "/v1beta") && !chip_llm_ends(url, "/v1"))
        chip_str_add(url, "/v1beta");
    chip_str_addf(url, "/models/%s:generateContent", ask->model);
}

static json_t *make_body(const struct chip_llm_ask *ask)
{
    json_t *body =
        json_pack("{s:{s:[{s:s}]}, s:[{s:s, s:[{s:s}]}], s:{s:s, s:O, s:i}}", "systemInstruction",
                  "parts", "text", ask->system, "contents", "role", "user", "parts", "text",
                  ask->user, "generationConfig", "responseMimeType", "application/json",
                  "responseJsonSchema", ask->schema, "maxOutputTokens", ask->max_tokens);
    if (body && ask->temperature)
        json_object_set_new(json_object_get(body, "generationConfig"), "temperature",
                            json_real(*ask->temperature));
    return body;
}

static enum chip_llm_fault fault_of_finish(const char *reason)
{
    static const char *const filtered[] = {
        "SAFETY", "RECITATION", "BLOCKLIST", "PROHIBITED_CONTENT", "SPII", "IMAGE_SAFETY"};
    if (!reason || strcmp(reason, "STOP") == 0)
        return CHIP_LLM_FINE;
    if (strcmp(reason, "MAX_TOKENS") == 0)
        return CHIP_LLM_TRUNCATED;
    for (size_t i = 0; i < sizeof filtered / sizeof *filtered; i++)
        if (strcmp(reason, filtered[i]) == 0)
            return CHIP_LLM_CONTENT_FILTER;
    return CHIP_LLM_EMPTY; /* LANGUAGE, OTHER, MALFORMED_RESPONSE, ...: nothing to be used */
}

static enum chip_llm_fault read_answer(const json_t *answer, struct chip_llm_text *out)
{
    const json_t *usage = json_object_get(answer, "usageMetadata");
    out->input_tokens = chip_llm_count_of(usage, "promptTokenCount");
    out->output_tokens = chip_llm_count_of(usage, "candidatesTokenCount");
    int64_t thoughts = chip_llm_count_of(usage, "thoughtsTokenCount");
    if (thoughts > 0) /* they are paid for like words */
        out->output_tokens = (out->output_tokens > 0 ? out->output_tokens : 0) + thoughts;

    const json_t *candidate = json_array_get(json_object_get(answer, "candidates"), 0);
    if (!candidate)
        return chip_llm_text_of(json_object_get(answer, "promptFeedback"), "blockReason")
                   ? CHIP_LLM_CONTENT_FILTER
                   : CHIP_LLM_EMPTY;
    enum chip_llm_fault fault = fault_of_finish(chip_llm_text_of(candidate, "finishReason"));
    if (fault != CHIP_LLM_FINE)
        return fault;
    size_t i;
    const json_t *part;
    json_array_foreach(json_object_get(json_object_get(candidate, "content"), "parts"), i, part)
    {
        const char *text = chip_llm_text_of(part, "text");
        if (text && !json_is_true(json_object_get(part, "thought")))
            chip_str_add(&out->text, text);
    }
    return CHIP_LLM_FINE;
}

/* "7s", "0.35s" */
static int64_t wait_of(const char *delay)
{
    if (!delay)
        return -1;
    char *end;
    double seconds = strtod(delay, &end);
    return end != delay && strcmp(end, "s") == 0 && seconds >= 0 && seconds < 1e6
               ? (int64_t)(seconds * 1000)
               : -1;
}

static bool has_daily_quota(const json_t *detail)
{
    size_t i;
    const json_t *violation;
    json_array_foreach(json_object_get(detail, "violations"), i, violation)
    {
        const char *id = chip_llm_text_of(violation, "quotaId");
        if (id && strstr(id, "PerDay"))
            return true;
    }
    return false;
}

static enum chip_llm_fault explain(int http, const json_t *body, struct chip_llm_wish *wish)
{
    enum chip_llm_fault fault = chip_llm_fault_of_http(http);
    const json_t *error = json_object_get(body, "error");
    const char *message = chip_llm_text_of(error, "message");
    if (http == 400 && chip_llm_is(chip_llm_text_of(error, "status"), "FAILED_PRECONDITION"))
        fault = CHIP_LLM_QUOTA; /* no billing, or not in this region */
    if (http == 400 && message && strstr(message, "token count"))
        fault = CHIP_LLM_PROMPT_LIMIT;
    if (http == 503)
        fault = CHIP_LLM_OVERLOADED;
    size_t i;
    const json_t *detail;
    json_array_foreach(json_object_get(error, "details"), i, detail)
    {
        if (chip_llm_is(chip_llm_text_of(detail, "reason"), "API_KEY_INVALID"))
            fault = CHIP_LLM_AUTH;
        if (http == 429 && has_daily_quota(detail))
            fault = CHIP_LLM_QUOTA;
        int64_t wait = wait_of(chip_llm_text_of(detail, "retryDelay"));
        if (wait >= 0 && wish->wait_ms < 0)
            wish->wait_ms = wait;
    }
    return fault;
}

const struct chip_llm_vendor chip_llm_gemini = {
    .name = "gemini",
    .base_url = "https://generativelanguage.googleapis.com",
    .model = "gemini-flash-latest",
    .key_header = "x-goog-api-key: ",
    .needs_key = true,
    .chunk_tokens = 24000,
    .add_path = add_path,
    .make_body = make_body,
    .read = read_answer,
    .explain = explain,
};
