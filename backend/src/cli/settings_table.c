/* Every setting of the service. */
#include "cli/settings.h"

static const char *const levels[] = {"debug", "info", "notice", "warning", "error", NULL};
static const char *const providers[] = {"auto",       "gemini",  "openai", "anthropic",
                                        "compatible", "builtin", NULL};

#define GIB (INT64_C(1) << 30)

static const struct chip_setting_info table[CHIP_N_SETTINGS] = {
    [CHIP_SET_HOST] = {.name = "HOST",
                       .unset = "127.0.0.1",
                       .meaning = "address to listen on; 0.0.0.0 is all, and wants API_KEY or "
                                  "SUPABASE_URL to be set"},
    [CHIP_SET_PORT] = {.name = "PORT",
                       .kind = CHIP_SETTING_NUMBER,
                       .unset = "8080",
                       .max = 65535,
                       .meaning = "port to listen on; 0 picks a free one"},
    [CHIP_SET_API_KEY] = {.name = "API_KEY",
                          .is_secret = true,
                          .meaning = "key that clients send as 'Authorization: Bearer'; several, "
                                     "separated by commas, all work, so that it can be changed "
                                     "without a gap"},
    [CHIP_SET_CORS_ORIGINS] = {.name = "CORS_ORIGINS",
                               .meaning = "web pages that browsers may call from, such as "
                                          "https://app.example.org, separated by commas; * is any"},
    [CHIP_SET_DATABASE_URL] = {.name = "DATABASE_URL",
                               .is_secret = true,
                               .meaning = "PostgreSQL to keep jobs in, postgres://user:password@"
                                          "host/name; without it one file in CHIP_DATA_DIR"},
    [CHIP_SET_SUPABASE_URL] = {.name = "SUPABASE_URL",
                               .meaning =
                                   "Supabase project, https://ref.supabase.co: its users may "
                                   "sign in; jobs are kept there unless DATABASE_URL is set"},
    [CHIP_SET_SUPABASE_SERVICE_ROLE_KEY] = {.name = "SUPABASE_SERVICE_ROLE_KEY",
                                            .is_secret = true,
                                            .meaning = "its service role key, or sb_secret_..."},
    [CHIP_SET_SUPABASE_JWT_SECRET] = {.name = "SUPABASE_JWT_SECRET",
                                      .is_secret = true,
                                      .meaning = "its old JWT secret (HS256), for projects that "
                                                 "still sign with it; new ones need nothing"},
    [CHIP_SET_DATA_DIR] = {.name = "CHIP_DATA_DIR",
                           .meaning = "folder for jobs, uploads and recordings; "
                                      "$XDG_DATA_HOME/chip (~/.local/share/chip) if not set"},
    [CHIP_SET_WEB_DIR] = {.name = "CHIP_WEB_DIR",
                          .meaning = "folder of the built web app; looked for beside the program "
                                     "(frontend/out, share/chip/web) if not set"},
    [CHIP_SET_MODEL] = {.name = "CHIP_MODEL",
                        .unset = "moonshine-base",
                        .meaning = "speech model, by name or as the path of its folder"},
    [CHIP_SET_WORKERS] = {.name = "CHIP_WORKERS",
                          .kind = CHIP_SETTING_NUMBER,
                          .unset = "1",
                          .max = 64,
                          .meaning = "worker processes of 'chip serve', each with one job at a "
                                     "time; 0 leaves the work to 'chip worker' elsewhere"},
    [CHIP_SET_THREADS] = {.name = "CHIP_THREADS",
                          .kind = CHIP_SETTING_NUMBER,
                          .unset = "0",
                          .max = 64,
                          .meaning = "CPU threads of a worker; 0 is all that it may use"},
    [CHIP_SET_LEASE_SECONDS] = {.name = "CHIP_LEASE_SECONDS",
                                .kind = CHIP_SETTING_NUMBER,
                                .unset = "30",
                                .min = 2,
                                .max = 3600,
                                .meaning = "a worker that is silent for so long has lost its job "
                                           "to the next one"},
    [CHIP_SET_MAX_ATTEMPTS] = {.name = "CHIP_MAX_ATTEMPTS",
                               .kind = CHIP_SETTING_NUMBER,
                               .unset = "3",
                               .min = 1,
                               .max = 20,
                               .meaning = "how often a job is tried before it has failed"},
    [CHIP_SET_FETCH_ALLOW] = {.name = "CHIP_FETCH_ALLOW",
                              .meaning = "hosts that recordings may be fetched from, and callbacks "
                                         "sent to, although their address is private: host, "
                                         "host:port, *.suffix or 10.0.0.0/8, separated by commas"},
    [CHIP_SET_MAX_UPLOAD_BYTES] = {.name = "CHIP_MAX_UPLOAD_BYTES",
                                   .kind = CHIP_SETTING_NUMBER,
                                   .unset = "5368709120",
                                   .min = 1024,
                                   .max = 1024 * GIB,
                                   .meaning = "largest recording, uploaded or fetched"},
    [CHIP_SET_MAX_DURATION_SECONDS] = {.name = "CHIP_MAX_DURATION_SECONDS",
                                       .kind = CHIP_SETTING_NUMBER,
                                       .unset = "43200",
                                       .max = 360000,
                                       .meaning = "longest recording; 0 is no limit"},
    [CHIP_SET_RETAIN_DAYS] = {.name = "CHIP_RETAIN_DAYS",
                              .kind = CHIP_SETTING_NUMBER,
                              .unset = "0",
                              .max = 36500,
                              .meaning = "finished jobs are deleted, recordings and results, after "
                                         "so many days; 0 keeps them"},
    [CHIP_SET_UPLOAD_HOURS] = {.name = "CHIP_UPLOAD_HOURS",
                               .kind = CHIP_SETTING_NUMBER,
                               .unset = "24",
                               .min = 1,
                               .max = 8760,
                               .meaning = "uploads that no job took are deleted after so long"},
    [CHIP_SET_WEBHOOK_SECRET] = {.name = "CHIP_WEBHOOK_SECRET",
                                 .is_secret = true,
                                 .meaning = "signs callbacks, whsec_ and base64 of 24 to 64 bytes; "
                                            "several, separated by commas, all sign; made and kept "
                                            "in CHIP_DATA_DIR if not set"},
    [CHIP_SET_RATE_LIMIT] = {.name = "CHIP_RATE_LIMIT",
                             .kind = CHIP_SETTING_NUMBER,
                             .unset = "0",
                             .max = 1000000,
                             .meaning = "requests per minute of one key, user or address; 0 is no "
                                        "limit"},
    [CHIP_SET_MAX_CONNECTIONS] = {.name = "CHIP_MAX_CONNECTIONS",
                                  .kind = CHIP_SETTING_NUMBER,
                                  .unset = "4096",
                                  .min = 8,
                                  .max = 100000,
                                  .meaning = "connections at once"},
    [CHIP_SET_WAIT_SECONDS] = {.name = "CHIP_WAIT_SECONDS",
                               .kind = CHIP_SETTING_NUMBER,
                               .unset = "270",
                               .min = 1,
                               .max = 3590,
                               .meaning = "how long POST /api/process?wait=true keeps its request "
                                          "open; less than the time-out of what is in front, by "
                                          "10 at least"},
    [CHIP_SET_PUSH] = {.name = "CHIP_PUSH",
                       .kind = CHIP_SETTING_FLAG,
                       .unset = "0",
                       .meaning = "work only while such a request is open: where there is no CPU "
                                  "between requests, and a queue hands the jobs in"},
    [CHIP_SET_TRUSTED_PROXIES] = {.name = "CHIP_TRUSTED_PROXIES",
                                  .kind = CHIP_SETTING_NUMBER,
                                  .unset = "0",
                                  .max = 8,
                                  .meaning = "proxies before this server, whose X-Forwarded-For is "
                                             "believed; 1 on Cloud Run"},
    [CHIP_SET_ALLOW_OPEN] = {.name = "CHIP_ALLOW_OPEN",
                             .kind = CHIP_SETTING_FLAG,
                             .unset = "0",
                             .meaning = "listen on a public address although anybody may then do "
                                        "anything: only where something else keeps strangers out"},
    [CHIP_SET_AI_PROVIDER] = {.name = "AI_PROVIDER",
                              .kind = CHIP_SETTING_CHOICE,
                              .unset = "auto",
                              .choices = providers,
                              .meaning =
                                  "who writes the minutes: auto is the first of gemini, openai and "
                                  "anthropic whose key is set, compatible if only AI_BASE_URL and "
                                  "AI_MODEL are, else builtin, which needs no network"},
    [CHIP_SET_AI_MODEL] = {.name = "AI_MODEL",
                           .meaning =
                               "its model, such as llama3.2:3b; the vendor's default if not set"},
    [CHIP_SET_AI_BASE_URL] =
        {.name = "AI_BASE_URL",
         .meaning = "its address, such as http://localhost:11434/v1 for Ollama; the vendor's if "
                    "not set; a key goes by https only, or to this machine"},
    [CHIP_SET_AI_FALLBACK] =
        {.name = "AI_FALLBACK",
         .meaning = "who is asked when it fails, in order, each with a model if wanted: openai, "
                    "compatible:llama3.2:3b; builtin is always the last"},
    [CHIP_SET_GEMINI_API_KEY] = {.name = "GEMINI_API_KEY",
                                 .is_secret = true,
                                 .meaning = "key for gemini"},
    [CHIP_SET_OPENAI_API_KEY] = {.name = "OPENAI_API_KEY",
                                 .is_secret = true,
                                 .meaning = "key for openai"},
    [CHIP_SET_ANTHROPIC_API_KEY] = {.name = "ANTHROPIC_API_KEY",
                                    .is_secret = true,
                                    .meaning = "key for anthropic"},
    [CHIP_SET_AI_API_KEY] = {.name = "AI_API_KEY",
                             .is_secret = true,
                             .meaning = "key for compatible, where it wants one"},
    [CHIP_SET_AI_ANTHROPIC_VERSION] = {.name = "AI_ANTHROPIC_VERSION",
                                       .unset = "2026-10-21",
                                       .meaning = "version of Anthropic's API"},
    [CHIP_SET_AI_TEMPERATURE] = {.name = "AI_TEMPERATURE",
                                 .meaning =
                                     "0 to 2; not sent if not set, as many models refuse it"},
    [CHIP_SET_AI_MAX_TOKENS] = {.name = "AI_MAX_TOKENS",
                                .kind = CHIP_SETTING_NUMBER,
                                .unset = "8192",
                                .min = 256,
                                .max = 131072,
                                .meaning = "longest answer of a model, its thoughts included"},
    [CHIP_SET_AI_CHUNK_TOKENS] = {.name = "AI_CHUNK_TOKENS",
                                  .kind = CHIP_SETTING_NUMBER,
                                  .unset = "0",
                                  .max = 1000000,
                                  .meaning = "transcript in one request, the rest goes into "
                                             "further ones; 0 is 24000, and 6000 for compatible"},
    [CHIP_SET_AI_TIMEOUT_SECONDS] = {.name = "AI_TIMEOUT_SECONDS",
                                     .kind = CHIP_SETTING_NUMBER,
                                     .unset = "300",
                                     .min = 1,
                                     .max = 3600,
                                     .meaning = "how long a model may take for one answer"},
    [CHIP_SET_AI_DEADLINE_SECONDS] = {.name = "AI_DEADLINE_SECONDS",
                                      .kind = CHIP_SETTING_NUMBER,
                                      .unset = "900",
                                      .min = 1,
                                      .max = 36000,
                                      .meaning = "how long minutes may take, retries and fallbacks "
                                                 "included, before builtin writes them"},
    [CHIP_SET_AI_PRICES] = {.name = "AI_PRICES",
                            .meaning = "USD per million tokens in and out, for the cost in the "
                                       "minutes: gpt-5.1=1.25/10, ..."},
    [CHIP_SET_TEMPLATES_DIR] =
        {.name = "CHIP_TEMPLATES_DIR",
         .meaning = "folder of templates of minutes, NAME.md, that come before the built-in ones"},
    [CHIP_SET_VALUES] = {.name = "CHIP_VALUES",
                         .meaning = "YAML or JSON file of company values that meetings are held "
                                    "against (docs/MINUTES.md)"},
    [CHIP_SET_LOG_LEVEL] = {.name = "CHIP_LOG_LEVEL",
                            .kind = CHIP_SETTING_CHOICE,
                            .unset = "info",
                            .choices = levels,
                            .meaning = "least severe log lines that are written"},
};

const struct chip_setting_info *chip_setting_info(enum chip_setting setting)
{
    return &table[setting];
}
