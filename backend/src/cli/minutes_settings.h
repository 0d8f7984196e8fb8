/** The settings of minutes, read for those who write them. */
#pragma once

#include "cli/settings.h"
#include "minutes/write.h"

struct chip_minutes_settings {
    struct chip_minutes_provider provider; /* borrows from the settings, and from here */
    json_t *values;                        /* owned; of CHIP_VALUES; NULL: none */
    double temperature;
};

/**
 * @param settings must outlive `out`, and `out` stay where it is
 * @param out      release with chip_minutes_settings_done(), also after a failure
 * @return CHIP_OK; CHIP_E_INVAL or what reading the file of values returns, naming the setting,
 *         never a key; CHIP_E_NOMEM
 */
CHIP_MUST_CHECK
enum chip_status chip_minutes_settings_read(const struct chip_settings *settings,
                                            struct chip_minutes_settings *out,
                                            struct chip_err *err);
void chip_minutes_settings_done(struct chip_minutes_settings *settings);
