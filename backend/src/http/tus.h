/**
 * Resumable uploads as tus 1.0.0 has them: core, creation, creation-with-upload, termination,
 * checksum, expiration. routes_upload.c puts them under /api/uploads.
 */
#pragma once

#include "http/http.h"

/** Answers OPTIONS: what this server can do. */
void chip_tus_options(struct chip_request *req);

/** Answers HEAD: how much is here. */
void chip_tus_head(struct chip_request *req);

/** Answers DELETE. */
void chip_tus_delete(struct chip_request *req);

/**
 * POST and PATCH are sinks; the same functions follow for both.
 *
 * @return false: it was refused, and answered
 */
bool chip_tus_begin_post(struct chip_request *req);
bool chip_tus_begin_patch(struct chip_request *req);
void chip_tus_data(struct chip_request *req, const char *bytes, size_t n);
void chip_tus_cut(struct chip_request *req);
void chip_tus_end(struct chip_request *req); /* after the whole body: answers */
void chip_tus_done(struct chip_request *req);
