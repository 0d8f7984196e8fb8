/**
 * The built web app (frontend/out), held in memory: what is served are the files that were there
 * at the start, and nothing else, whatever a path says. Read only once it is loaded; any thread.
 *
 * Beside "x" there may be "x.gz" and "x.br": the same compressed. csp.json has the
 * Content-Security-Policy of the pages, {"default": "...", "pages": {"/meetings/": "..."}}.
 * Names that begin with a dot and symbolic links are left out.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>

#include "base/err.h"

enum chip_web_form {
    CHIP_WEB_PLAIN,
    CHIP_WEB_GZIP,
    CHIP_WEB_BROTLI,
    CHIP_WEB_FORMS,
};

enum { CHIP_WEB_TAG = 48, CHIP_WEB_DATE = 40 };

struct chip_web_body {
    char *data; /* [n], owned; NULL: there is no such form */
    size_t n;
    char tag[CHIP_WEB_TAG]; /* an entity tag with its quotes */
};

struct chip_web_file {
    char *path;               /* owned; "/meetings/index.html" */
    const char *type;         /* static */
    char *policy;             /* owned; Content-Security-Policy of a page; NULL: it is no page */
    bool is_hashed;           /* its name changes with its content */
    long long changed;        /* seconds since 1970 */
    char date[CHIP_WEB_DATE]; /* the same for Last-Modified */
    struct chip_web_body bodies[CHIP_WEB_FORMS];
};

struct chip_web;

/**
 * Reads the folder.
 *
 * @return CHIP_OK; CHIP_E_NOT_FOUND without an index.html; CHIP_E_LIMIT for more than a web app
 * has; CHIP_E_FORMAT for a csp.json that makes no sense; CHIP_E_IO; CHIP_E_NOMEM
 */
CHIP_MUST_CHECK
enum chip_status chip_web_open(struct chip_web **out, const char *folder, struct chip_err *err);
void chip_web_free(struct chip_web *web);
CHIP_DEFINE_AUTO(chip_web)

/** @param path decoded; one that ends with a slash means the index.html there. @return NULL: none
 */
const struct chip_web_file *chip_web_find(const struct chip_web *web, const char *path);

/** The type of a file by the end of its name: "text/html; charset=utf-8". */
const char *chip_web_type(const char *path);

/** Gives every page its policy. @param text [n] csp.json; NULL: there is none */
CHIP_MUST_CHECK
enum chip_status chip_web_set_policies(struct chip_web_file *files, size_t n_files,
                                       const char *text, size_t n, struct chip_err *err);
