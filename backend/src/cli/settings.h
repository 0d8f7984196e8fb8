/**
 * Settings of the service: from the environment, and before that from a file `.env` in the working
 * directory (what is in the environment wins). One table says what there is; `chip doctor`,
 * docs/OPERATIONS.md and backend/.env.example say the same, which a test checks.
 *
 * Loaded once by the command that runs, before threads start; read only after.
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "base/err.h"

enum chip_setting {
    CHIP_SET_HOST,
    CHIP_SET_PORT,
    CHIP_SET_API_KEY,
    CHIP_SET_CORS_ORIGINS,
    CHIP_SET_DATABASE_URL,
    CHIP_SET_SUPABASE_URL,
    CHIP_SET_SUPABASE_SERVICE_ROLE_KEY,
    CHIP_SET_SUPABASE_JWT_SECRET,
    CHIP_SET_DATA_DIR,
    CHIP_SET_WEB_DIR,
    CHIP_SET_MODEL,
    CHIP_SET_WORKERS,
    CHIP_SET_THREADS,
    CHIP_SET_LEASE_SECONDS,
    CHIP_SET_MAX_ATTEMPTS,
    CHIP_SET_FETCH_ALLOW,
    CHIP_SET_MAX_UPLOAD_BYTES,
    CHIP_SET_MAX_DURATION_SECONDS,
    CHIP_SET_RETAIN_DAYS,
    CHIP_SET_UPLOAD_HOURS,
    CHIP_SET_WEBHOOK_SECRET,
    CHIP_SET_RATE_LIMIT,
    CHIP_SET_MAX_CONNECTIONS,
    CHIP_SET_WAIT_SECONDS,
    CHIP_SET_PUSH,
    CHIP_SET_TRUSTED_PROXIES,
    CHIP_SET_ALLOW_OPEN,
    CHIP_SET_AI_PROVIDER,
    CHIP_SET_AI_MODEL,
    CHIP_SET_AI_BASE_URL,
    CHIP_SET_AI_FALLBACK,
    CHIP_SET_GEMINI_API_KEY,
    CHIP_SET_OPENAI_API_KEY,
    CHIP_SET_ANTHROPIC_API_KEY,
    CHIP_SET_AI_API_KEY,
    CHIP_SET_AI_ANTHROPIC_VERSION,
    CHIP_SET_AI_TEMPERATURE,
    CHIP_SET_AI_MAX_TOKENS,
    CHIP_SET_AI_CHUNK_TOKENS,
    CHIP_SET_AI_TIMEOUT_SECONDS,
    CHIP_SET_AI_DEADLINE_SECONDS,
    CHIP_SET_AI_PRICES,
    CHIP_SET_TEMPLATES_DIR,
    CHIP_SET_VALUES,
    CHIP_SET_LOG_LEVEL,
    CHIP_N_SETTINGS,
};

enum chip_setting_kind {
    CHIP_SETTING_TEXT,
    CHIP_SETTING_NUMBER, /* an integer in min..max */
    CHIP_SETTING_FLAG,   /* 1, true, yes, on; 0, false, no, off */
    CHIP_SETTING_CHOICE, /* one of choices */
};

struct chip_setting_info {
    const char *name; /* "CHIP_WORKERS" */
    enum chip_setting_kind kind;
    const char *unset; /* taken when it is not set; NULL: nothing, or see `meaning` */
    int64_t min, max;
    const char *const *choices; /* ends with NULL */
    bool is_secret;             /* never shown */
    const char *meaning;        /* a phrase */
};

/** @param setting < CHIP_N_SETTINGS */
const struct chip_setting_info *chip_setting_info(enum chip_setting setting);

struct chip_settings {
    char *texts[CHIP_N_SETTINGS]; /* owned; NULL: not set and no default */
    int64_t numbers[CHIP_N_SETTINGS];
};

/**
 * Reads all of them.
 *
 * @param settings free with chip_settings_done(), also after a failure
 * @return CHIP_OK; CHIP_E_INVAL for a value that makes no sense, naming it and what it may be
 * (never the value of a secret); CHIP_E_FORMAT for a broken .env; CHIP_E_NOMEM
 */
CHIP_MUST_CHECK
enum chip_status chip_settings_load(struct chip_settings *settings, struct chip_err *err);
void chip_settings_done(struct chip_settings *settings);

/** Sets one, as a command-line option does. @return as chip_settings_load() */
CHIP_MUST_CHECK
enum chip_status chip_settings_set(struct chip_settings *settings, enum chip_setting setting,
                                   const char *value, struct chip_err *err);

/** NULL: not set. An empty value counts as not set. */
const char *chip_settings_text(const struct chip_settings *settings, enum chip_setting setting);
/** NUMBER; FLAG: 0 or 1; CHOICE: its index. */
int64_t chip_settings_number(const struct chip_settings *settings, enum chip_setting setting);
