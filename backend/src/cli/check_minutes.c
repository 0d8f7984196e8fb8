/* Who writes minutes, and by which values. Nobody is asked anything. */

#include "cli/checks.h"
#include "cli/minutes_settings.h"
#include "minutes/choose.h"

static void show_plan(struct chip_checks *checks, const struct chip_minutes_provider *provider)
{
    struct chip_check *check = chip_checks_add(checks, "minutes");
    struct chip_plan plan;
    struct chip_err err;
    if (chip_plan_make(provider, &plan, &err) != CHIP_OK) {
        chip_check_hint(check, CHIP_CHECK_FAIL, "%s", err.message);
        return;
    }
    for (size_t i = 0; i < plan.n; i++)
        chip_check_detail(check, "%s (%s), then ", plan.entries[i].vendor->name,
                          plan.entries[i].model);
    chip_check_detail(check, "the built-in analyst%s", plan.n ? "" : ", without network");
    if (plan.n == 0 && provider->base_url && !provider->model)
        chip_check_hint(check, CHIP_CHECK_WARN,
                        "AI_BASE_URL is set, but nobody is asked there: set AI_MODEL too");
    else if (plan.n == 0 && provider->model)
        chip_check_hint(check, CHIP_CHECK_WARN,
                        "AI_MODEL is set, but nobody is asked for it: set the key of its vendor, "
                        "or AI_BASE_URL");
}

void chip_check_minutes(struct chip_checks *checks, const struct chip_settings *settings)
{
    struct chip_minutes_settings minutes;
    struct chip_err err;
    if (chip_minutes_settings_read(settings, &minutes, &err) == CHIP_OK) {
        show_plan(checks, &minutes.provider);
        if (minutes.values)
            chip_check_detail(chip_checks_add(checks, "values"), "%zu, from %s",
                              json_array_size(minutes.values),
                              chip_settings_text(settings, CHIP_SET_VALUES));
    } else {
        chip_check_hint(chip_checks_add(checks, "minutes"), CHIP_CHECK_FAIL, "%s", err.message);
    }
    chip_minutes_settings_done(&minutes);
}
