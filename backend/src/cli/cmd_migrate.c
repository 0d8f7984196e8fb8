/* `chip migrate`: what `chip serve` does by itself, for those who want it done before. */

#include "cli/cmd_migrate.h"

#include "cli/command.h"
#include "cli/service.h"

static const struct chip_opt opts[] = {
    {.name = "help", .letter = 'h', .kind = CHIP_OPT_FLAG, .help = "show this help"},
};

static const struct chip_example examples[] = {
    {"chip migrate", "before a new version of 'chip serve' starts"},
    {"DATABASE_URL=postgres://localhost/chip chip migrate", "the same for PostgreSQL"},
    {NULL, NULL},
};

const struct chip_command chip_migrate_command = {
    .name = "migrate",
    .operands = "",
    .summary = "bring the service's store up to date",
    .about = "'chip serve', 'chip worker' and 'chip jobs' do it by themselves when they start. "
             "Nothing is lost, and a store that is up to date stays as it is.",
    .examples = examples,
    .opts = opts,
    .n_opts = 1,
};

static enum chip_status migrate(struct chip_service *service, struct chip_str *out,
                                struct chip_err *err)
{
    enum chip_status s = chip_settings_load(&service->settings, err);
    if (s == CHIP_OK)
        s = chip_service_open_store(service, err);
    json_t *result = NULL;
    if (s == CHIP_OK)
        s = chip_store_migrate(service->store, &result, err);
    if (s != CHIP_OK)
        return s;
    size_t i;
    const json_t *name;
    json_array_foreach(json_object_get(result, "applied"), i, name)
        chip_str_addf(out, "applied %s\n", json_string_value(name));
    chip_str_addf(out, "the %s store is at version %lld\n", chip_store_kind(service->store),
                  (long long)json_integer_value(json_object_get(result, "version")));
    json_decref(result);
    return CHIP_OK;
}

int chip_cmd_migrate(int argc, char **argv)
{
    struct chip_parsed args;
    int code = chip_command_begin("migrate", argc, argv, &args);
    if (code >= 0)
        return code;
    struct chip_service service = {0};
    struct chip_str out = {0};
    struct chip_err err;
    if (migrate(&service, &out, &err) == CHIP_OK) {
        code = chip_command_print(&out);
    } else {
        code = chip_command_fail(&err, CHIP_STAGE_ARGUMENTS);
        chip_str_done(&out);
    }
    chip_service_close(&service);
    return code;
}
