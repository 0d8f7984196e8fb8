/** /api/uploads: resumable (tus) or as a form, in one request. */
#pragma once

#include "http/http.h"

extern const struct chip_route chip_upload_routes[];
extern const size_t chip_upload_n_routes;
