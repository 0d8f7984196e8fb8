/** Uploads and their failures as clients see them. */
#pragma once

#include "http/http.h"
#include "store/uploads.h"

/** {"uploadId", "name", "length", "offset", ...}; a new reference, NULL when out of memory. */
json_t *chip_view_upload(const struct chip_upload *upload);

enum { CHIP_UPLOAD_LOCATION = 64 };

/** "/api/uploads/ID" */
void chip_upload_location(const char *id, char location[CHIP_UPLOAD_LOCATION]);

/** The status and code of a failure of store/uploads.h or of a form. */
int chip_upload_http_status(enum chip_status status, const char **code);

/** Answers a failure. */
void chip_upload_refuse(struct chip_request *req, const struct chip_err *err);

/** Whose uploads the caller of a request has; NULL: the service's. */
const char *chip_upload_user(const struct chip_request *req);
