/**
 * A form with a recording: the part `file` goes into an upload as it arrives, the other parts are
 * kept as short texts, in whatever order they come.
 *
 * Threads: as a request, one at a time.
 */
#pragma once

#include "http/multipart.h"
#include "store/uploads.h"

struct chip_form;

enum {
    CHIP_FORM_FIELDS = 64,      /* kept; more are ignored */
    CHIP_FORM_FIELD = 16 << 10, /* bytes of one; longer ones are marked, not kept */
};

struct chip_form_field {
    char name[CHIP_PART_NAME]; /* without "[]" at its end */
    char *value;               /* owned; "" when too long */
    bool too_long;
};

/**
 * @param uploads where the file goes
 * @param user_id whose it is; NULL: the service's; borrowed
 * @return CHIP_OK or as chip_multipart_new()
 */
CHIP_MUST_CHECK
enum chip_status chip_form_new(struct chip_form **out, struct chip_uploads *uploads,
                               const char *user_id, const char *content_type, struct chip_err *err);

/** Frees the form, and removes its upload unless chip_form_keep() was called. */
void chip_form_free(struct chip_form *form);

/** @return CHIP_OK, or as chip_multipart_feed(), chip_upload_create() and chip_upload_write() */
CHIP_MUST_CHECK
enum chip_status chip_form_feed(struct chip_form *form, const char *bytes, size_t n,
                                struct chip_err *err);

/**
 * The body is over: finishes the upload.
 *
 * @return CHIP_OK; CHIP_E_FORMAT for half a form; CHIP_E_NOT_FOUND when it has no `file`;
 *         CHIP_E_IO
 */
CHIP_MUST_CHECK
enum chip_status chip_form_finish(struct chip_form *form, struct chip_err *err);

/** The finished upload. */
const struct chip_upload *chip_form_upload(const struct chip_form *form);

/** From now on the upload is somebody else's to remove. */
void chip_form_keep(struct chip_form *form);

/** The last field of that name; NULL if it is not there. */
const struct chip_form_field *chip_form_find(const struct chip_form *form, const char *name);

/** All fields, in order. */
const struct chip_form_field *chip_form_fields(const struct chip_form *form, size_t *n);
