/** Where the built web app lies. */
#pragma once

#include "cli/settings.h"

struct chip_web;

/**
 * Loads it from CHIP_WEB_DIR, else from where it lies beside the program: in the build
 * (frontend/out) or installed (share/chip/web).
 *
 * @param out NULL when CHIP_WEB_DIR is not set and the app is in neither place: it is not built
 * @return CHIP_OK; what chip_web_open() says about a folder that is there
 */
CHIP_MUST_CHECK
enum chip_status chip_web_dir_open(const struct chip_settings *settings, struct chip_web **out,
                                   struct chip_err *err);
