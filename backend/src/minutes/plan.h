/** Which language models are asked, in which order: the settings, read and checked. Pure. */
#pragma once

#include "minutes/provider/model.h"
#include "minutes/write.h"

enum { CHIP_PLAN_MODELS = 8, CHIP_PLAN_MODEL_NAME = 128 };

struct chip_plan_entry {
    const struct chip_llm_vendor *vendor;
    const char *base_url, *key; /* borrowed; key may be NULL */
    char model[CHIP_PLAN_MODEL_NAME];
};

struct chip_plan {
    struct chip_plan_entry entries[CHIP_PLAN_MODELS];
    size_t n; /* 0: the built-in analyst alone */
};

/** @return CHIP_OK; CHIP_E_INVAL with the setting that makes no sense, never with a key */
CHIP_MUST_CHECK
enum chip_status chip_plan_make(const struct chip_minutes_provider *settings,
                                struct chip_plan *plan, struct chip_err *err);

/** One of the plan's models, ready to be asked. @param deadline_ms of chip_clock_ms() */
void chip_plan_model(const struct chip_minutes_provider *settings,
                     const struct chip_plan_entry *entry, int64_t deadline_ms,
                     const volatile bool *cancel, struct chip_llm_model *model);

/** {requests, input_tokens, output_tokens, cost_usd}. @return a new reference; NULL: no memory */
json_t *chip_plan_usage(const struct chip_minutes_provider *settings,
                        const struct chip_llm_model *model);
