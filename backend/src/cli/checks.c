#include "cli/checks.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

struct chip_check *chip_checks_add(struct chip_checks *checks, const char *name)
{
    struct chip_check *check =
        &checks->items[checks->n < CHIP_CHECKS_MAX - 1 ? checks->n : CHIP_CHECKS_MAX - 1];
    if (checks->n < CHIP_CHECKS_MAX)
        checks->n++;
    *check = (struct chip_check){.state = CHIP_CHECK_OK};
    snprintf(check->name, sizeof check->name, "%s", name);
    return check;
}

void chip_check_detail(struct chip_check *check, const char *fmt, ...)
{
    size_t used = strlen(check->detail);
    va_list args;
    va_start(args, fmt);
    vsnprintf(check->detail + used, sizeof check->detail - used, fmt, args);
    va_end(args);
}

void chip_check_hint(struct chip_check *check, enum chip_check_state state, const char *fmt, ...)
{
    check->state = state;
    va_list args;
    va_start(args, fmt);
    vsnprintf(check->hint, sizeof check->hint, fmt, args);
    va_end(args);
}
