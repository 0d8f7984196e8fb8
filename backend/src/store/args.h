/** Checks a call's arguments, so that all drivers refuse the same. Pure; any thread. */
#pragma once

#include <jansson.h>

#include "base/err.h"
#include "store/functions.h"

/**
 * Checks arguments and completes them.
 *
 * @param given what the caller passed; borrowed
 * @param out   a new object with every argument: defaults where none was given, UUIDs in lower
 *              case; its larger values are shared with `given`
 * @return CHIP_OK; CHIP_E_INVAL with the function's and the argument's name; CHIP_E_NOMEM
 */
CHIP_MUST_CHECK
enum chip_status chip_args_check(const struct chip_function *function, const json_t *given,
                                 json_t **out, struct chip_err *err);
