#include "cli/checks.h"

#include <errno.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "cli/service.h"
#include "cli/web_dir.h"
#include "http/web.h"
#include "job/sandbox.h"
#include "net/guard.h"
#include "net/webhook.h"

static void check_data_dir(struct chip_checks *checks, const char *dir)
{
    struct stat st;
    struct chip_check *check = chip_checks_add(checks, "data folder");
    chip_check_detail(check, "%s", dir);
    if (stat(dir, &st) != 0 && errno == ENOENT)
        chip_check_detail(check, ", made when 'chip serve' starts");
    else if (stat(dir, &st) != 0 || !S_ISDIR(st.st_mode) || access(dir, W_OK | X_OK) != 0)
        chip_check_hint(check, CHIP_CHECK_FAIL,
                        "it cannot be written; set CHIP_DATA_DIR to a folder that can");
}

/* A database elsewhere is asked; the file in the data folder is not made by looking. */
static void check_store(struct chip_checks *checks, struct chip_service *service)
{
    struct chip_store_settings settings = chip_service_store_settings(service);
    struct chip_check *check = chip_checks_add(checks, "store");
    if (!settings.database_url && !settings.supabase_url) {
        chip_check_detail(check, "SQLite, chip.db in the data folder");
        return;
    }
    struct chip_err err;
    if (chip_store_open(&service->store, &settings, &err) == CHIP_OK &&
        chip_store_call(service->store, NULL, "queue_stats", json_object(), NULL, &err) ==
            CHIP_OK) {
        chip_check_detail(check, "%s, it answers", chip_store_kind(service->store));
    } else {
        chip_check_detail(check, "%s", err.message);
        chip_check_hint(check, CHIP_CHECK_FAIL,
                        "check DATABASE_URL or SUPABASE_URL and its key; 'chip migrate' brings "
                        "the schema up to date");
    }
}

static void check_callers(struct chip_checks *checks, const struct chip_settings *settings)
{
    struct chip_check *check = chip_checks_add(checks, "callers");
    const char *host = chip_settings_text(settings, CHIP_SET_HOST);
    bool has_key = chip_settings_text(settings, CHIP_SET_API_KEY),
         has_users = chip_settings_text(settings, CHIP_SET_SUPABASE_URL) ||
                     chip_settings_text(settings, CHIP_SET_SUPABASE_JWT_SECRET);
    chip_check_detail(check, "%s:%s, %s", host, chip_settings_text(settings, CHIP_SET_PORT),
                      has_key && has_users ? "API key or signed-in users"
                      : has_key            ? "API key"
                      : has_users          ? "signed-in users"
                                           : "anybody on this machine");
    if (!has_key && !has_users && strcmp(host, "127.0.0.1") != 0 && strcmp(host, "::1") != 0 &&
        strcmp(host, "localhost") != 0)
        chip_check_hint(check, CHIP_CHECK_WARN,
                        "'chip serve' will not listen on this address without API_KEY or "
                        "SUPABASE_URL");
}

static void check_addresses(struct chip_checks *checks, const struct chip_settings *settings)
{
    const char *allow = chip_settings_text(settings, CHIP_SET_FETCH_ALLOW),
               *secrets = chip_settings_text(settings, CHIP_SET_WEBHOOK_SECRET);
    struct chip_err err;
    struct chip_guard *guard = NULL;
    if (chip_guard_new(&guard, &(struct chip_guard_settings){.allow = allow}, &err) != CHIP_OK)
        chip_check_hint(chip_checks_add(checks, "fetching"), CHIP_CHECK_FAIL, "%s", err.message);
    chip_guard_free(guard);
    struct chip_webhook_keys keys;
    if (chip_webhook_keys_parse(secrets, &keys, &err) != CHIP_OK)
        chip_check_hint(chip_checks_add(checks, "callbacks"), CHIP_CHECK_FAIL, "%s", err.message);
}

static void check_web(struct chip_checks *checks, const struct chip_settings *settings)
{
    struct chip_check *check = chip_checks_add(checks, "web app");
    struct chip_web *web = NULL;
    struct chip_err err;
    if (chip_web_dir_open(settings, &web, &err) != CHIP_OK)
        chip_check_hint(check, CHIP_CHECK_FAIL, "%s", err.message);
    else
        chip_check_detail(check, "%s", web ? "built" : "not built; 'make build' builds it");
    chip_web_free(web);
}

static void check_sandbox(struct chip_checks *checks)
{
    struct chip_str lines = {0};
    unsigned in_force = chip_sandbox_probe(&lines), all = (1u << CHIP_SANDBOX_N_PARTS) - 1;
    chip_str_done(&lines);
    struct chip_check *check = chip_checks_add(checks, "decoder");
    if ((in_force & all) == all) {
        chip_check_detail(check, "locked in: can reach no file, network or program");
        return;
    }
    const char *separator = "not in force here: ";
    for (int part = 0; part < CHIP_SANDBOX_N_PARTS; part++)
        if (!(in_force & 1u << part)) {
            chip_check_detail(check, "%s%s", separator,
                              chip_sandbox_part_text((enum chip_sandbox_part)part));
            separator = "; ";
        }
    chip_check_hint(check, CHIP_CHECK_WARN,
                    "the kernel or container refuses them; recordings of strangers are decoded "
                    "with what is left");
}

void chip_check_service(struct chip_checks *checks)
{
    struct chip_service service = {0};
    struct chip_err err;
    if (chip_settings_load(&service.settings, &err) == CHIP_OK) {
        service.data_dir = chip_settings_text(&service.settings, CHIP_SET_DATA_DIR);
        check_data_dir(checks, service.data_dir);
        check_store(checks, &service);
        check_callers(checks, &service.settings);
        check_addresses(checks, &service.settings);
        check_web(checks, &service.settings);
        chip_check_minutes(checks, &service.settings);
    } else {
        struct chip_check *check = chip_checks_add(checks, "settings");
        chip_check_detail(check, "%s", err.message);
        chip_check_hint(check, CHIP_CHECK_FAIL, "docs/OPERATIONS.md lists what there is");
    }
    check_sandbox(checks);
    chip_service_close(&service);
}
