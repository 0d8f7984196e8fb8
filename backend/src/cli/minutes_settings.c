#include "cli/minutes_settings.h"

#include <stdlib.h>

#include "minutes/values.h"

static enum chip_status read_temperature(const char *text, struct chip_minutes_settings *out,
                                         struct chip_err *err)
{
    if (!text)
        return CHIP_OK;
    char *end;
    out->temperature = strtod(text, &end);
    if (end == text || *end || !(out->temperature >= 0 && out->temperature <= 2))
        return chip_fail(err, CHIP_E_INVAL, "AI_TEMPERATURE: give a number from 0 to 2");
    out->provider.temperature = &out->temperature;
    return CHIP_OK;
}

static enum chip_status read_values(const char *path, struct chip_minutes_settings *out,
                                    struct chip_err *err)
{
    if (path && chip_values_load(path, &out->values, err) != CHIP_OK)
        return chip_fail_in(err, "CHIP_VALUES: ");
    return CHIP_OK;
}

enum chip_status chip_minutes_settings_read(const struct chip_settings *settings,
                                            struct chip_minutes_settings *out, struct chip_err *err)
{
    *out = (struct chip_minutes_settings){
        .provider = {
            .provider = chip_settings_text(settings, CHIP_SET_AI_PROVIDER),
            .model = chip_settings_text(settings, CHIP_SET_AI_MODEL),
            .base_url = chip_settings_text(settings, CHIP_SET_AI_BASE_URL),
            .gemini_key = chip_settings_text(settings, CHIP_SET_GEMINI_API_KEY),
            .openai_key = chip_settings_text(settings, CHIP_SET_OPENAI_API_KEY),
            .anthropic_key = chip_settings_text(settings, CHIP_SET_ANTHROPIC_API_KEY),
            .compatible_key = chip_settings_text(settings, CHIP_SET_AI_API_KEY),
            .fallback = chip_settings_text(settings, CHIP_SET_AI_FALLBACK),
            .anthropic_version = chip_settings_text(settings, CHIP_SET_AI_ANTHROPIC_VERSION),
            .templates_dir = chip_settings_text(settings, CHIP_SET_TEMPLATES_DIR),
            .prices = chip_settings_text(settings, CHIP_SET_AI_PRICES),
            .max_tokens = (int)chip_settings_number(settings, CHIP_SET_AI_MAX_TOKENS),
            .chunk_tokens = (int)chip_settings_number(settings, CHIP_SET_AI_CHUNK_TOKENS),
            .timeout_s = (int)chip_settings_number(settings, CHIP_SET_AI_TIMEOUT_SECONDS),
            .deadline_s = (int)chip_settings_number(settings, CHIP_SET_AI_DEADLINE_SECONDS),
        }};
    enum chip_status status =
        read_temperature(chip_settings_text(settings, CHIP_SET_AI_TEMPERATURE), out, err);
    if (status == CHIP_OK)
        status = chip_minutes_provider_check(&out->provider, err);
    if (status == CHIP_OK)
        status = read_values(chip_settings_text(settings, CHIP_SET_VALUES), out, err);
    return status;
}

void chip_minutes_settings_done(struct chip_minutes_settings *settings)
{
    json_decref(settings->values);
    settings->values = NULL;
}
