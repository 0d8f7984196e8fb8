/** A data folder for a test of uploads, with an opened struct chip_uploads. */
#pragma once

#include "../test.h"

#include <ftw.h>
#include <sys/stat.h>
#include <unistd.h>

#include "store/recordings.h"

#define ALICE "aaaaaaaa-0000-4000-8000-000000000001"
#define BOB "bbbbbbbb-0000-4000-8000-000000000002"
#define JOB "cccccccc-0000-4000-8000-000000000003"
#define OTHER_JOB "dddddddd-0000-4000-8000-000000000004"

struct folder {
    char dir[64];
    struct chip_uploads *uploads;
};

static int remove_entry(const char *path, const struct stat *info, int kind, struct FTW *at)
{
    (void)info, (void)kind, (void)at;
    return remove(path);
}

/** Opens the uploads again with other settings; data_dir is filled in. */
static inline void reopen(struct folder *f, struct chip_upload_settings settings)
{
    struct chip_err err;
    chip_uploads_close(f->uploads);
    settings.data_dir = f->dir;
    if (!settings.keep_free_bytes)
        settings.keep_free_bytes = 1;
    assert_int_equal(chip_uploads_open(&f->uploads, &settings, &err), CHIP_OK);
}

static inline int open_folder(void **state)
{
    struct folder *f = calloc(1, sizeof *f);
    strcpy(f->dir, "/tmp/chip-test-uploads-XXXXXX");
    assert_non_null(mkdtemp(f->dir));
    reopen(f, (struct chip_upload_settings){0});
    *state = f;
    return 0;
}

static inline int remove_folder(void **state)
{
    struct folder *f = *state;
    chip_uploads_close(f->uploads);
    nftw(f->dir, remove_entry, 8, FTW_DEPTH | FTW_PHYS);
    free(f);
    return 0;
}

#define WITH_FOLDER(test) cmocka_unit_test_setup_teardown(test, open_folder, remove_folder)

/** The id lies in the struct that comes back. */
static inline struct chip_upload make_upload(struct folder *f, const char *user, int64_t length)
{
    struct chip_upload u;
    struct chip_err err;
    assert_int_equal(chip_upload_create(f->uploads, user, "a.wav", NULL, length, &u, &err),
                     CHIP_OK);
    return u;
}

static inline struct chip_upload get_upload(struct folder *f, const char *id)
{
    struct chip_upload u;
    struct chip_err err;
    assert_int_equal(chip_upload_get(f->uploads, NULL, id, &u, &err), CHIP_OK);
    return u;
}

/** One request with these bytes. @return what its end says */
static inline enum chip_status send_bytes(struct folder *f, const char *id, int64_t offset,
                                          const char *bytes, enum chip_upload_end how)
{
    struct chip_upload_writer *w;
    struct chip_err err;
    enum chip_status st = chip_upload_write_begin(f->uploads, NULL, id, offset, NULL, &w, &err);
    if (st != CHIP_OK)
        return st;
    assert_int_equal(chip_upload_write(w, bytes, strlen(bytes), &err), CHIP_OK);
    return chip_upload_write_end(w, how, NULL, &err);
}

/** Compares a file with a text. */
static inline void assert_file_holds(const char *path, const char *text)
{
    char got[256] = "";
    FILE *file = fopen(path, "rb");
    assert_non_null(file);
    size_t n = fread(got, 1, sizeof got - 1, file);
    fclose(file);
    got[n] = '\0';
    assert_string_equal(got, text);
}

static inline void assert_upload_holds(struct folder *f, const char *id, const char *text)
{
    char path[CHIP_UPLOAD_PATH];
    struct chip_err err;
    assert_int_equal(chip_upload_path(f->uploads, id, path, &err), CHIP_OK);
    assert_file_holds(path, text);
}
