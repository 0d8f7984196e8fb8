/** What callbacks are signed with: the setting, or a secret that is made once and kept. */
#pragma once

#include "cli/service.h"

/**
 * @param out malloc'ed, "whsec_...", several separated by commas
 * @return CHIP_OK; CHIP_E_IO if it can be neither read nor made; CHIP_E_NOMEM
 */
CHIP_MUST_CHECK
enum chip_status chip_webhook_secrets(const struct chip_service *service, char **out,
                                      struct chip_err *err);
