#include "minutes/choose.h"

#include <string.h>

#include "base/str.h"

static const char *const vendors[] = {"gemini", "openai", "anthropic", "compatible"};
enum { N_VENDORS = sizeof vendors / sizeof *vendors };

/* What is set for one vendor. @return false: nothing */
static bool find(const struct chip_minutes_provider *settings, const struct chip_plan *plan,
                 const char *vendor, struct chip_plan_entry *out)
{
    for (size_t i = 0; i < plan->n; i++)
        if (strcmp(plan->entries[i].vendor->name, vendor) == 0) {
            *out = plan->entries[i];
            return true;
        }
    /* Not in the plan, but its key is there: at its own address, with its own model. */
    struct chip_minutes_provider alone = *settings;
    struct chip_plan own;
    alone.provider = vendor;
    alone.model = alone.base_url = alone.fallback = NULL;
    if (chip_plan_make(&alone, &own, NULL) != CHIP_OK || own.n == 0)
        return false;
    *out = own.entries[0];
    return true;
}

static enum chip_status fail_choice(const struct chip_minutes_provider *settings,
                                    const struct chip_plan *plan, const char *provider,
                                    struct chip_err *err)
{
    struct chip_str names = {0};
    struct chip_plan_entry entry;
    for (size_t i = 0; i < N_VENDORS; i++)
        if (find(settings, plan, vendors[i], &entry))
            chip_str_addf(&names, "%s, ", vendors[i]);
    chip_str_add(&names, "builtin");
    enum chip_status status =
        names.failed ? chip_fail(err, CHIP_E_NOMEM, "not enough memory")
                     : chip_fail(err, CHIP_E_INVAL,
                                 "'%.40s' is not set up here to write minutes; there is: %s",
                                 provider, names.data);
    chip_str_done(&names);
    return status;
}

static enum chip_status take(const struct chip_minutes_provider *settings,
                             const struct chip_plan_entry *entry, const char *model,
                             struct chip_minutes_choice *out, struct chip_err *err)
{
    struct chip_plan plan;
    if (!model)
        model = entry->model;
    if (strlen(model) >= sizeof out->model)
        return chip_fail(err, CHIP_E_INVAL, "the name of the model is too long");
    struct chip_minutes_provider alone = *settings;
    alone.provider = entry->vendor->name;
    alone.model = model;
    alone.base_url = entry->base_url;
    alone.fallback = NULL;
    if (chip_plan_make(&alone, &plan, NULL) != CHIP_OK)
        return chip_fail(err, CHIP_E_INVAL, "'%.60s' is no name of a model", model);
    strcpy(out->model, model);
    out->settings = *settings;
    out->settings.provider = entry->vendor->name;
    out->settings.model = out->model;
    out->settings.base_url = entry->base_url;
    return CHIP_OK;
}

enum chip_status chip_minutes_choose(const struct chip_minutes_provider *settings,
                                     const char *provider, const char *model,
                                     struct chip_minutes_choice *out, struct chip_err *err)
{
    struct chip_plan plan;
    enum chip_status status = chip_plan_make(settings, &plan, err);
    if (status != CHIP_OK)
        return status;
    if (!provider)
        provider = plan.n > 0 ? plan.entries[0].vendor->name : "builtin";
    if (strcmp(provider, "builtin") == 0) {
        if (model)
            return chip_fail(err, CHIP_E_INVAL,
                             "the built-in analyst has no models; choose a provider, too");
        out->settings = *settings;
        out->settings.provider = "builtin";
        return CHIP_OK;
    }
    struct chip_plan_entry entry;
    if (!chip_llm_vendor_by_name(provider) || !find(settings, &plan, provider, &entry))
        return fail_choice(settings, &plan, provider, err);
    return take(settings, &entry, model, out, err);
}

static bool is_listed(const json_t *list, const char *provider)
{
    size_t i;
    const json_t *one;
    json_array_foreach(list, i, one)
    {
        if (strcmp(json_string_value(json_object_get(one, "provider")), provider) == 0)
            return true;
    }
    return false;
}

/* @return false when out of memory */
static bool list(json_t *all, const char *provider, const char *model)
{
    return is_listed(all, provider) ||
           json_array_append_new(
               all, json_pack("{s:s, s:s}", "provider", provider, "model", model)) == 0;
}

enum chip_status chip_minutes_choices(const struct chip_minutes_provider *settings, json_t **out,
                                      struct chip_err *err)
{
    struct chip_plan plan;
    struct chip_plan_entry entry;
    enum chip_status status = chip_plan_make(settings, &plan, err);
    if (status != CHIP_OK)
        return status;
    json_t *all = json_array();
    bool ok = all;
    for (size_t i = 0; ok && i < plan.n; i++)
        ok = list(all, plan.entries[i].vendor->name, plan.entries[i].model);
    /* A provider that is set to be the built-in analyst stays the first one. */
    if (ok && plan.n == 0)
        ok = list(all, "builtin", "");
    for (size_t i = 0; ok && i < N_VENDORS; i++)
        if (find(settings, &plan, vendors[i], &entry))
            ok = list(all, vendors[i], entry.model);
    if (ok)
        ok = list(all, "builtin", "");
    if (!ok) {
        json_decref(all);
        return chip_fail(err, CHIP_E_NOMEM, "not enough memory");
    }
    *out = all;
    return CHIP_OK;
}
