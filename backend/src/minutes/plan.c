#include "minutes/plan.h"

#include <string.h>

#include "minutes/provider/price.h"
#include "net/url.h"

static bool is_set(const char *text)
{
    return text && *text;
}

static const char *key_of(const struct chip_minutes_provider *s,
                          const struct chip_llm_vendor *vendor)
{
    const char *key = vendor == &chip_llm_gemini      ? s->gemini_key
                      : vendor == &chip_llm_openai    ? s->openai_key
                      : vendor == &chip_llm_anthropic ? s->anthropic_key
                                                      : s->compatible_key;
    return is_set(key) ? key : NULL;
}

static const char *key_name(const struct chip_llm_vendor *vendor)
{
    return vendor == &chip_llm_gemini      ? "GEMINI_API_KEY"
           : vendor == &chip_llm_openai    ? "OPENAI_API_KEY"
           : vendor == &chip_llm_anthropic ? "ANTHROPIC_API_KEY"
                                           : "AI_API_KEY";
}

/* It becomes a header: an end of line in it would begin another one. */
static bool is_key(const char *key)
{
    for (; *key; key++)
        if (*key <= ' ' || *key > '~')
            return false;
    return true;
}

/* It becomes part of a path. */
static bool is_model(const char *model)
{
    return *model && !strstr(model, "..") &&
           !model[strspn(model, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789"
                                "-._:/@+")];
}

/* A key goes over https only, or stays on this machine. */
static enum chip_status check_url(const struct chip_plan_entry *entry, struct chip_err *err)
{
    const char *url = entry->base_url;
    if (strpbrk(url, "?#@ "))
        return chip_fail(err, CHIP_E_INVAL,
                         "AI_BASE_URL: give an address without user name, query or blanks");
    if (!entry->key && strncmp(url, "http://", 7) == 0 && url[7])
        return CHIP_OK;
    if (chip_url_check(url, NULL, err) != CHIP_OK)
        return chip_fail_in(err, "AI_BASE_URL: ");
    return CHIP_OK;
}

/* @param model "": the vendor's own */
static enum chip_status add(const struct chip_minutes_provider *s, struct chip_plan *plan,
                            const struct chip_llm_vendor *vendor, const char *model,
                            const char *base_url, struct chip_err *err)
{
    if (plan->n == CHIP_PLAN_MODELS)
        return chip_fail(err, CHIP_E_INVAL, "AI_FALLBACK: more than %d models are too many",
                         CHIP_PLAN_MODELS - 1);
    struct chip_plan_entry *entry = &plan->entries[plan->n];
    entry->vendor = vendor;
    entry->key = key_of(s, vendor);
    entry->base_url = is_set(base_url) ? base_url : vendor->base_url;
    if (!is_set(model))
        model = vendor->model ? vendor->model : "";
    if (!entry->base_url)
        return chip_fail(err, CHIP_E_INVAL,
                         "AI_BASE_URL: '%s' needs an address, such as "
                         "http://localhost:11434/v1",
                         vendor->name);
    if (vendor->needs_key && !entry->key)
        return chip_fail(err, CHIP_E_INVAL, "the key of '%s' is not set: set %s", vendor->name,
                         key_name(vendor));
    if (entry->key && !is_key(entry->key))
        return chip_fail(err, CHIP_E_INVAL, "the key of '%s' is damaged: copy it again",
                         vendor->name);
    if (strlen(model) >= sizeof entry->model || !is_model(model))
        return chip_fail(err, CHIP_E_INVAL, "AI_MODEL: name the model of '%s', such as llama3.2:3b",
                         vendor->name);
    strcpy(entry->model, model);
    plan->n++;
    return check_url(entry, err);
}

/* "openai", "compatible:llama3.2:3b": vendor and model. */
static enum chip_status add_fallback(const struct chip_minutes_provider *s, struct chip_plan *plan,
                                     const char *text, size_t n, struct chip_err *err)
{
    char entry[CHIP_PLAN_MODEL_NAME + 16];
    if (n >= sizeof entry)
        return chip_fail(err, CHIP_E_INVAL, "AI_FALLBACK: an entry is too long");
    memcpy(entry, text, n);
    entry[n] = '\0';
    char *colon = strchr(entry, ':');
    if (colon)
        *colon = '\0';
    if (strcmp(entry, "builtin") == 0)
        return CHIP_OK; /* it is always the last one */
    const struct chip_llm_vendor *vendor = chip_llm_vendor_by_name(entry);
    if (!vendor)
        return chip_fail(err, CHIP_E_INVAL,
                         "AI_FALLBACK: '%.40s' is none of gemini, openai, anthropic, compatible, "
                         "builtin",
                         entry);
    return add(s, plan, vendor, colon ? colon + 1 : "", vendor->base_url ? NULL : s->base_url, err);
}

static enum chip_status add_fallbacks(const struct chip_minutes_provider *s, struct chip_plan *plan,
                                      struct chip_err *err)
{
    enum chip_status status = CHIP_OK;
    for (const char *at = s->fallback; status == CHIP_OK && is_set(at);) {
        at += strspn(at, ", ");
        size_t n = strcspn(at, ", ");
        if (n > 0)
            status = add_fallback(s, plan, at, n, err);
        at += n;
    }
    return status;
}

/* @return NULL: the built-in analyst */
static const struct chip_llm_vendor *first_with_key(const struct chip_minutes_provider *s)
{
    if (key_of(s, &chip_llm_gemini))
        return &chip_llm_gemini;
    if (key_of(s, &chip_llm_openai))
        return &chip_llm_openai;
    if (key_of(s, &chip_llm_anthropic))
        return &chip_llm_anthropic;
    return is_set(s->base_url) && is_set(s->model) ? &chip_llm_compatible : NULL;
}

enum chip_status chip_plan_make(const struct chip_minutes_provider *settings,
                                struct chip_plan *plan, struct chip_err *err)
{
    const char *name = is_set(settings->provider) ? settings->provider : "auto";
    const struct chip_llm_vendor *vendor = chip_llm_vendor_by_name(name);
    char entry[64];
    plan->n = 0;
    if (strcmp(name, "builtin") == 0)
        return CHIP_OK;
    if (strcmp(name, "auto") == 0)
        vendor = first_with_key(settings);
    else if (!vendor)
        return chip_fail(err, CHIP_E_INVAL,
                         "AI_PROVIDER: '%.40s' is none of gemini, openai, anthropic, compatible, "
                         "builtin, auto",
                         name);
    if (!chip_prices_check(settings->prices, entry, sizeof entry))
        return chip_fail(err, CHIP_E_INVAL,
                         "AI_PRICES: '%s' is not like gpt-5.1=1.25/10, USD per million tokens "
                         "in and out",
                         entry);
    if (!vendor)
        return CHIP_OK;
    enum chip_status status = add(settings, plan, vendor, settings->model, settings->base_url, err);
    return status == CHIP_OK ? add_fallbacks(settings, plan, err) : status;
}

enum chip_status chip_minutes_provider_check(const struct chip_minutes_provider *settings,
                                             struct chip_err *err)
{
    struct chip_plan plan;
    return chip_plan_make(settings, &plan, err);
}
