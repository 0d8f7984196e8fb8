#include "http/web.h"

#include <errno.h>
#include <fts.h>
#include <openssl/evp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>

#include "base/file.h"

enum {
    MAX_FILES = 20000,
    MAX_BYTES = 256 << 20,
    MAX_PATH = 1024, /* of what is asked for */
    TAG_BYTES = 16,
};

static const char policies_path[] = "/csp.json";

struct chip_web {
    struct chip_web_file *files; /* sorted by path */
    size_t n, size;
    size_t n_bytes;
};

/* ---- reading the folder ---- */

static void file_done(struct chip_web_file *file)
{
    free(file->path);
    free(file->policy);
    for (int form = 0; form < CHIP_WEB_FORMS; form++)
        free(file->bodies[form].data);
    *file = (struct chip_web_file){0};
}

void chip_web_free(struct chip_web *web)
{
    if (!web)
        return;
    for (size_t i = 0; i < web->n; i++)
        file_done(&web->files[i]);
    free(web->files);
    free(web);
}

static struct chip_web_file *new_file(struct chip_web *web)
{
    if (web->n == web->size) {
        size_t size = web->size ? 2 * web->size : 256;
        struct chip_web_file *files = reallocarray(web->files, size, sizeof *files);
        if (!files)
            return NULL;
        web->files = files;
        web->size = size;
    }
    web->files[web->n] = (struct chip_web_file){0};
    return &web->files[web->n++];
}

/* Copied: a build that writes over the file changes nothing here. */
static enum chip_status read_body(struct chip_web_body *body, const char *path,
                                  struct chip_err *err)
{
    struct chip_file mapped;
    enum chip_status st = chip_file_map(&mapped, path, MAX_BYTES, err);
    if (st != CHIP_OK)
        return st;
    body->data = malloc(mapped.size + 1);
    if (body->data) {
        if (mapped.size)
            memcpy(body->data, mapped.data, mapped.size);
        body->n = mapped.size;
    } else {
        st = chip_fail(err, CHIP_E_NOMEM, "not enough memory for the web app");
    }
    chip_file_unmap(&mapped);
    return st;
}

static void set_facts(struct chip_web_file *file, time_t changed)
{
    struct tm utc;
    file->type = chip_web_type(file->path);
    file->is_hashed = strncmp(file->path, "/_next/static/", 14) == 0;
    file->changed = changed;
    gmtime_r(&changed, &utc);
    strftime(file->date, sizeof file->date, "%a, %d %b %Y %H:%M:%S GMT", &utc);
}

/** @param entry a file; `n_folder` characters of its path are those of the app's folder */
static enum chip_status add_file(struct chip_web *web, const FTSENT *entry, size_t n_folder,
                                 struct chip_err *err)
{
    if (web->n == MAX_FILES || web->n_bytes + (size_t)entry->fts_statp->st_size > MAX_BYTES)
        return chip_fail(err, CHIP_E_LIMIT,
                         "the folder has more than %d files or %d MiB, which is no web app",
                         MAX_FILES, MAX_BYTES >> 20);
    struct chip_web_file *file = new_file(web);
    if (!file || !(file->path = strdup(entry->fts_path + n_folder)))
        return chip_fail(err, CHIP_E_NOMEM, "not enough memory for the web app");
    set_facts(file, entry->fts_statp->st_mtim.tv_sec);
    web->n_bytes += (size_t)entry->fts_statp->st_size;
    return read_body(&file->bodies[CHIP_WEB_PLAIN], entry->fts_path, err);
}

static enum chip_status read_entries(struct chip_web *web, FTS *fts, size_t n_folder,
                                     struct chip_err *err)
{
    enum chip_status st = CHIP_OK;
    FTSENT *entry;
    while (st == CHIP_OK && (errno = 0, entry = fts_read(fts))) {
        int kind = entry->fts_info;
        if (entry->fts_level > 0 && entry->fts_name[0] == '.')
            fts_set(fts, entry, FTS_SKIP);
        else if (kind == FTS_F)
            st = add_file(web, entry, n_folder, err);
        else if (kind == FTS_DNR || kind == FTS_ERR || kind == FTS_NS)
            st = chip_fail(err, entry->fts_errno == ENOENT ? CHIP_E_NOT_FOUND : CHIP_E_IO, "%s",
                           strerror(entry->fts_errno));
    }
    return st == CHIP_OK && errno ? chip_fail(err, CHIP_E_IO, "%s", strerror(errno)) : st;
}

static enum chip_status read_folder(struct chip_web *web, const char *folder, struct chip_err *err)
{
    size_t n = strlen(folder);
    while (n > 1 && folder[n - 1] == '/')
        n--;
    char *path = strndup(folder, n);
    char *paths[] = {path, NULL};
    /* The folder itself may be a link; what is in it is not followed. */
    FTS *fts = path ? fts_open(paths, FTS_PHYSICAL | FTS_COMFOLLOW | FTS_NOCHDIR, NULL) : NULL;
    enum chip_status st = fts ? read_entries(web, fts, n, err)
                              : chip_fail(err, CHIP_E_NOMEM, "not enough memory for the web app");
    if (fts)
        fts_close(fts);
    free(path);
    return st;
}

/* ---- putting in order ---- */

static int compare(const void *a, const void *b)
{
    const struct chip_web_file *x = a, *y = b;
    return strcmp(x->path, y->path);
}

static struct chip_web_file *find(const struct chip_web *web, const char *path)
{
    const struct chip_web_file key = {.path = (char *)path};
    return bsearch(&key, web->files, web->n, sizeof *web->files, compare);
}

/* "/app.js.br" becomes a form of "/app.js". */
static enum chip_status take_as_form(struct chip_web *web, struct chip_web_file *file,
                                     struct chip_err *err)
{
    size_t n = strlen(file->path);
    const char *end = n > 3 ? file->path + n - 3 : "";
    enum chip_web_form form = strcmp(end, ".br") == 0   ? CHIP_WEB_BROTLI
                              : strcmp(end, ".gz") == 0 ? CHIP_WEB_GZIP
                                                        : CHIP_WEB_PLAIN;
    if (form == CHIP_WEB_PLAIN)
        return CHIP_OK;
    char *path = strndup(file->path, n - 3);
    if (!path)
        return chip_fail(err, CHIP_E_NOMEM, "not enough memory for the web app");
    struct chip_web_file *plain = find(web, path);
    free(path);
    if (plain) {
        plain->bodies[form] = file->bodies[CHIP_WEB_PLAIN];
        file->bodies[CHIP_WEB_PLAIN] = (struct chip_web_body){0};
    }
    return CHIP_OK;
}

/* Drops those whose body has become a form of another one. */
static void drop_taken(struct chip_web *web)
{
    size_t n = 0;
    for (size_t i = 0; i < web->n; i++)
        if (web->files[i].bodies[CHIP_WEB_PLAIN].data)
            web->files[n++] = web->files[i];
        else
            file_done(&web->files[i]);
    web->n = n;
}

/* Tags differ by form, as the bytes do; all say what the content is. */
static enum chip_status set_tags(struct chip_web_file *file, struct chip_err *err)
{
    static const char *const endings[CHIP_WEB_FORMS] = {"", "-gz", "-br"};
    unsigned char hash[EVP_MAX_MD_SIZE];
    const struct chip_web_body *plain = &file->bodies[CHIP_WEB_PLAIN];
    char hex[2 * TAG_BYTES + 1];
    if (EVP_Digest(plain->data, plain->n, hash, NULL, EVP_sha256(), NULL) != 1)
        return chip_fail(err, CHIP_E_INTERNAL, "OpenSSL gives no SHA-256");
    for (int i = 0; i < TAG_BYTES; i++)
        snprintf(hex + 2 * i, 3, "%02x", hash[i]);
    for (int form = 0; form < CHIP_WEB_FORMS; form++)
        snprintf(file->bodies[form].tag, CHIP_WEB_TAG, "\"%s%s\"", hex, endings[form]);
    return CHIP_OK;
}

static enum chip_status arrange(struct chip_web *web, struct chip_err *err)
{
    qsort(web->files, web->n, sizeof *web->files, compare);
    enum chip_status st = CHIP_OK;
    for (size_t i = 0; st == CHIP_OK && i < web->n; i++)
        st = take_as_form(web, &web->files[i], err);
    if (st != CHIP_OK)
        return st;
    drop_taken(web);

    const struct chip_web_file *policies = find(web, policies_path);
    const struct chip_web_body *body = policies ? &policies->bodies[CHIP_WEB_PLAIN] : NULL;
    st = chip_web_set_policies(web->files, web->n, body ? body->data : NULL, body ? body->n : 0,
                               err);
    for (size_t i = 0; st == CHIP_OK && i < web->n; i++)
        st = set_tags(&web->files[i], err);
    return st;
}

enum chip_status chip_web_open(struct chip_web **out, const char *folder, struct chip_err *err)
{
    CHIP_AUTO(chip_web) web = calloc(1, sizeof *web);
    if (!web)
        return chip_fail(err, CHIP_E_NOMEM, "not enough memory for the web app");
    enum chip_status st = read_folder(web, folder, err);
    if (st == CHIP_OK)
        st = arrange(web, err);
    if (st == CHIP_OK && !chip_web_find(web, "/"))
        st = chip_fail(err, CHIP_E_NOT_FOUND, "it has no index.html");
    if (st != CHIP_OK)
        return chip_fail_in(err, "the web app in '%s': ", folder);
    *out = web;
    web = NULL;
    return CHIP_OK;
}

const struct chip_web_file *chip_web_find(const struct chip_web *web, const char *path)
{
    char whole[MAX_PATH];
    size_t n = strlen(path);
    if (n == 0 || path[n - 1] != '/')
        return strcmp(path, policies_path) == 0 ? NULL : find(web, path);
    int length = snprintf(whole, sizeof whole, "%sindex.html", path);
    return length < MAX_PATH ? find(web, whole) : NULL;
}
