#include "http/routes_upload.h"

#include <string.h>

#include "http/app.h"
#include "http/tus.h"
#include "http/upload_form.h"
#include "http/upload_view.h"

/* ---- a form in one request ---- */

static bool is_form(struct chip_request *req)
{
    return chip_multipart_is(chip_request_header(req, "Content-Type"));
}

static bool form_begin(struct chip_request *req)
{
    struct chip_form *form;
    struct chip_err err;
    if (chip_form_new(&form, chip_request_app(req)->uploads, chip_upload_user(req),
                      chip_request_header(req, "Content-Type"), &err) == CHIP_OK)
        req->state = form;
    else
        chip_upload_refuse(req, &err);
    return req->state != NULL;
}

static void form_data(struct chip_request *req, const char *bytes, size_t n)
{
    struct chip_err err;
    if (chip_form_feed(req->state, bytes, n, &err) != CHIP_OK)
        chip_upload_refuse(req, &err);
}

static void form_end(struct chip_request *req)
{
    struct chip_form *form = req->state;
    char location[CHIP_UPLOAD_LOCATION];
    struct chip_err err;
    enum chip_status st = chip_form_finish(form, &err);
    if (st == CHIP_E_NOT_FOUND) {
        chip_reply_error(req, 400, "no_file", err.message, NULL);
    } else if (st != CHIP_OK) {
        chip_upload_refuse(req, &err);
    } else {
        chip_form_keep(form);
        chip_upload_location(chip_form_upload(form)->id, location);
        chip_reply_header(req, "Location", location);
        chip_reply_json(req, 201, chip_view_upload(chip_form_upload(form)));
    }
}

/* ---- POST is either ---- */

static bool start_post(struct chip_request *req)
{
    return is_form(req) ? form_begin(req) : chip_tus_begin_post(req);
}

static void post_begin(struct chip_request *req)
{
    start_post(req);
}

static void post_data(struct chip_request *req, const char *bytes, size_t n)
{
    if (is_form(req))
        form_data(req, bytes, n);
    else
        chip_tus_data(req, bytes, n);
}

static void post_cut(struct chip_request *req)
{
    if (!is_form(req))
        chip_tus_cut(req);
}

static void post_end(struct chip_request *req)
{
    if (!req->state && !start_post(req)) /* without a body, nothing began */
        return;
    if (is_form(req))
        form_end(req);
    else
        chip_tus_end(req);
}

static void post_done(struct chip_request *req)
{
    if (!is_form(req)) {
        chip_tus_done(req);
        return;
    }
    chip_form_free(req->state); /* and with it an upload that was not finished */
    req->state = NULL;
}

/* ---- PATCH ---- */

static void patch_begin(struct chip_request *req)
{
    chip_tus_begin_patch(req);
}

static void patch_end(struct chip_request *req)
{
    if (req->state || chip_tus_begin_patch(req))
        chip_tus_end(req);
}

/* ---- GET ---- */

/* HEAD is tus'; GET is for people and programs that want to know the same as JSON. */
static void get_upload(struct chip_request *req)
{
    struct chip_upload upload;
    struct chip_err err;
    if (strcmp(req->method, "HEAD") == 0)
        chip_tus_head(req);
    else if (chip_upload_get(chip_request_app(req)->uploads, chip_upload_user(req), req->params[0],
                             &upload, &err) == CHIP_OK)
        chip_reply_json(req, 200, chip_view_upload(&upload));
    else
        chip_upload_refuse(req, &err);
}

static const struct chip_sink post_sink = {post_begin, post_data, post_cut};
static const struct chip_sink patch_sink = {patch_begin, chip_tus_data, chip_tus_cut};

const struct chip_route chip_upload_routes[] = {
    {"OPTIONS", "/api/uploads", .access = CHIP_ROUTE_PUBLIC, .handle = chip_tus_options},
    {"OPTIONS", "/api/uploads/{id}", .access = CHIP_ROUTE_PUBLIC, .handle = chip_tus_options},
    {"POST", "/api/uploads", .sink = &post_sink, .handle = post_end, .done = post_done,
     .audit = "upload.create"},
    {"GET", "/api/uploads/{id}", .handle = get_upload},
    {"PATCH", "/api/uploads/{id}", .sink = &patch_sink, .handle = patch_end, .override = true,
     .done = chip_tus_done},
    {"DELETE", "/api/uploads/{id}", .handle = chip_tus_delete, .override = true,
     .audit = "upload.delete"},
};

const size_t chip_upload_n_routes = sizeof chip_upload_routes / sizeof *chip_upload_routes;
