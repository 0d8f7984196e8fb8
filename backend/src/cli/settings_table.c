/* Every setting of the service. */
#include "cli/settings.h"

static const char *const levels[] = {"debug", "info", "notice", "warning", "error", NULL};

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
