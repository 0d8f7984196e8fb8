/** Signing in from a browser: a cookie instead of the API key. */
#pragma once

#include "http/routes.h"

#define CHIP_SESSION_COOKIE "chip_session"

extern const struct chip_route_table chip_routes_session; /* /api/session */
