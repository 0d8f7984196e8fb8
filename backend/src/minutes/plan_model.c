#include "minutes/plan.h"

#include "minutes/provider/price.h"

static int or_else(int value, int otherwise)
{
    return value > 0 ? value : otherwise;
}

void chip_plan_model(const struct chip_minutes_provider *settings,
                     const struct chip_plan_entry *entry, int64_t deadline_ms,
                     const volatile bool *cancel, struct chip_llm_model *model)
{
    const struct chip_minutes_provider *s = settings;
    *model = (struct chip_llm_model){
        .server = {.vendor = entry->vendor,
                   .base_url = entry->base_url,
                   .key = entry->key,
                   .version = s->anthropic_version && *s->anthropic_version ? s->anthropic_version
                                                                            : "2026-10-21",
                   .connect_timeout_s = or_else(s->connect_timeout_s, 10),
                   .timeout_s = or_else(s->timeout_s, 300),
                   .stall_timeout_s = s->stall_timeout_s,
                   .max_answer = s->max_answer ? s->max_answer : 8 << 20,
                   .cancel = cancel},
        .model = entry->model,
        .temperature = s->temperature,
        .max_tokens = or_else(s->max_tokens, 8192),
        .attempts = or_else(s->attempts, 3),
        .retry_ms = or_else(s->retry_ms, 500),
        .deadline_ms = deadline_ms,
    };
}

json_t *chip_plan_usage(const struct chip_minutes_provider *settings,
                        const struct chip_llm_model *model)
{
    const struct chip_llm_model *m = model;
    struct chip_price price;
    bool priced = m->has_usage && chip_price_find(settings->prices, m->model, &price);
    return json_pack("{s:i, s:o, s:o, s:o}", "requests", m->requests, "input_tokens",
                     m->has_usage ? json_integer(m->input_tokens) : json_null(), "output_tokens",
                     m->has_usage ? json_integer(m->output_tokens) : json_null(), "cost_usd",
                     priced ? json_real(((double)m->input_tokens * price.input +
                                         (double)m->output_tokens * price.output) /
                                        1e6)
                            : json_null());
}
