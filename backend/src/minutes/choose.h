/** Which of the configured language models writes: settings and somebody's wish. Pure; any thread.
 */
#pragma once

#include "minutes/plan.h"

struct chip_minutes_choice {
    struct chip_minutes_provider settings; /* borrows from those it was made of, and from `model` */
    char model[CHIP_PLAN_MODEL_NAME];
};

/**
 * Puts a wish before the settings. Only what is configured can be wished for: what AI_PROVIDER and
 * AI_FALLBACK name, and each vendor whose key is set; an address goes only to the provider that it
 * was set for. AI_FALLBACK stays as it is.
 *
 * @param provider "gemini", ..., "builtin"; NULL: as the settings say
 * @param model    of that provider; NULL: as the settings say
 * @param out      must stay where it is; untouched on failure
 * @return CHIP_OK; CHIP_E_INVAL, naming those that can be chosen; what chip_plan_make() returns
 */
CHIP_MUST_CHECK
enum chip_status chip_minutes_choose(const struct chip_minutes_provider *settings,
                                     const char *provider, const char *model,
                                     struct chip_minutes_choice *out, struct chip_err *err);

/**
 * All that can be chosen: the one that is asked first at first, "builtin" at last.
 *
 * @param out [{"provider", "model"}], a new reference; the model of builtin is ""
 * @return CHIP_OK; CHIP_E_NOMEM; what chip_plan_make() returns
 */
CHIP_MUST_CHECK
enum chip_status chip_minutes_choices(const struct chip_minutes_provider *settings, json_t **out,
                                      struct chip_err *err);
