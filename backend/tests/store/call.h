/** Short ways to call a store in tests. */
#pragma once

#include "../test.h"

#include "store/store.h"

/** One that must succeed. @return its result, a new reference */
static inline json_t *call(struct chip_store *store, const struct chip_caller *caller,
                           const char *function, json_t *args)
{
    struct chip_err err;
    json_t *result = NULL;
    if (chip_store_call(store, caller, function, args, &result, &err) != CHIP_OK)
        fail_msg("%s: %s", function, err.message);
    return result;
}

static inline void call_only(struct chip_store *store, const struct chip_caller *caller,
                             const char *function, json_t *args)
{
    json_decref(call(store, caller, function, args));
}

/** One that must fail so. @return the message, until the next call */
static inline const char *refusal(struct chip_store *store, const struct chip_caller *caller,
                                  const char *function, json_t *args, enum chip_status expected)
{
    static _Thread_local struct chip_err err;
    json_t *result = NULL;
    enum chip_status status = chip_store_call(store, caller, function, args, &result, &err);
    if (status != expected)
        fail_msg("%s: %s, expected %s: %s", function, chip_status_name(status),
                 chip_status_name(expected), status == CHIP_OK ? "" : err.message);
    assert_null(result);
    return err.message;
}

static inline const char *text_of(const json_t *object, const char *key)
{
    return json_string_value(json_object_get(object, key));
}
