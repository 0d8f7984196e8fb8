/** What /metrics says of workers and this process. */
#pragma once

#include "cli/serve.h"

/** Adds them to serve->meters. @return CHIP_OK or CHIP_E_NOMEM */
CHIP_MUST_CHECK
enum chip_status chip_serve_meters_add(struct chip_serve *serve, struct chip_err *err);
