/**
 * Recordings that arrive in pieces: data_dir/uploads/ID/{data,info.json}.
 *
 *     begin, write, write, ... end         one connection
 *     begin at the old offset, write, ...  the next one, after the first was cut
 *
 * What has arrived is the size of `data`, so a crash loses nothing that was written, and nothing
 * has to be repaired after it; info.json is replaced atomically. An upload has one writer at a
 * time, in all processes. IDs are made here; one that comes from outside is checked to be a UUID
 * before it becomes a path. Messages name no path.
 *
 * Threads: any number may call at once; one writer belongs to one thread at a time. Server and
 * workers each open the same folder.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/err.h"
#include "base/uuid.h"
#include "net/sha256.h"

enum {
    CHIP_UPLOAD_NAME = 256,      /* bytes of a name, with the NUL */
    CHIP_UPLOAD_METADATA = 4096, /* bytes of metadata, with the NUL */
    CHIP_UPLOAD_PATH = 1024,     /* bytes of any path made here */
};

struct chip_uploads;

struct chip_upload_settings {
    const char *data_dir;    /* made if missing */
    int64_t max_bytes;       /* of one upload; 0: 8 GiB */
    int64_t max_user_bytes;  /* of all of a user's that no job has taken yet; 0: no limit */
    int64_t keep_free_bytes; /* of the disk that uploads leave alone; 0: 256 MiB */
    int expire_seconds;      /* after the last byte, or since it was complete; 0: a day */
    int stale_ms;            /* a writer silent for so long gives way to another; 0: 1,000 */
};

struct chip_upload {
    char id[CHIP_UUID_TEXT];
    char user_id[CHIP_UUID_TEXT];        /* "": the service's */
    char job_id[CHIP_UUID_TEXT];         /* of the job that has it; "": none yet */
    char name[CHIP_UPLOAD_NAME];         /* of the file, cleaned, without folders; "": not known */
    char metadata[CHIP_UPLOAD_METADATA]; /* as the client sent it, unread */
    int64_t length;                      /* in bytes; -1: known only at the end */
    int64_t offset;                 /* bytes that are here; those at the end may still change while
                                       a chunk with a checksum arrives, and are not counted */
    bool finished;                  /* all of them are */
    char sha256[CHIP_SHA256_HEX];   /* "" until finished, and when a restart came between */
    int64_t created_ms, expires_ms; /* since 1970 */
};

CHIP_MUST_CHECK
enum chip_status chip_uploads_open(struct chip_uploads **out,
                                   const struct chip_upload_settings *settings,
                                   struct chip_err *err);
void chip_uploads_close(struct chip_uploads *uploads);
CHIP_MUST_CHECK
int64_t chip_uploads_max_bytes(const struct chip_uploads *uploads);

/* `user_id` below: whose upload it must be, else it is not found; NULL: the service, which sees
 * all. */

/**
 * Makes an upload without bytes; one of length 0 is finished at once.
 *
 * @param name     as the client says; cleaned here; NULL: not known
 * @param metadata kept as it is; NULL: none
 * @param length   -1: known only at the end
 * @param out      may be NULL
 * @return CHIP_OK; CHIP_E_LIMIT beyond max_bytes or max_user_bytes, or for metadata that is too
 *         long; CHIP_E_IO when the disk has no room for it; CHIP_E_NOMEM
 */
CHIP_MUST_CHECK
enum chip_status chip_upload_create(struct chip_uploads *uploads, const char *user_id,
                                    const char *name, const char *metadata, int64_t length,
                                    struct chip_upload *out, struct chip_err *err);

/** @return CHIP_OK; CHIP_E_NOT_FOUND also for an expired one; CHIP_E_IO */
CHIP_MUST_CHECK
enum chip_status chip_upload_get(struct chip_uploads *uploads, const char *user_id, const char *id,
                                 struct chip_upload *out, struct chip_err *err);

/**
 * Gives the upload to a job: no other job gets it, and it does not expire any more. It need not be
 * finished. The same job again changes nothing.
 *
 * @return CHIP_OK, CHIP_E_NOT_FOUND, CHIP_E_CONFLICT when another job has it, CHIP_E_IO
 */
CHIP_MUST_CHECK
enum chip_status chip_upload_claim(struct chip_uploads *uploads, const char *user_id,
                                   const char *id, const char *job_id, struct chip_err *err);

/** Takes it back, because the job could not be made. */
void chip_upload_unclaim(struct chip_uploads *uploads, const char *id, const char *job_id);

/** Removes it; its writer, if there is one, notices. @return as chip_upload_get() */
enum chip_status chip_upload_delete(struct chip_uploads *uploads, const char *user_id,
                                    const char *id, struct chip_err *err);

/**
 * Where its bytes are, for reading; complete once `finished`, growing before.
 *
 * @return CHIP_OK; CHIP_E_NOT_FOUND for what is no UUID; the file itself is not looked at
 */
CHIP_MUST_CHECK
enum chip_status chip_upload_path(const struct chip_uploads *uploads, const char *id,
                                  char path[CHIP_UPLOAD_PATH], struct chip_err *err);

/**
 * Waits until more bytes than `offset` are here, or it is finished and nobody writes it any more:
 * the client has got its answer, or soon will.
 *
 * @param out its state then, or after the time is over; `finished` means that here
 * @return CHIP_OK, also when the time is over; CHIP_E_NOT_FOUND when it is gone; CHIP_E_IO
 */
CHIP_MUST_CHECK
enum chip_status chip_upload_wait(struct chip_uploads *uploads, const char *id, int64_t offset,
                                  int timeout_ms, struct chip_upload *out, struct chip_err *err);

/**
 * Removes what has expired, and remains of removed ones.
 *
 * @param in_use asked about uploads that a job has, and that have not changed for as long: is that
 *               job still to come? NULL: all are
 * @return how many were removed
 */
int chip_uploads_expire(struct chip_uploads *uploads,
                        bool (*in_use)(void *user, const char *job_id), void *user);

/* ---- writing ---- */

struct chip_upload_writer;

enum chip_upload_hash { CHIP_UPLOAD_HASH_NONE, CHIP_UPLOAD_HASH_SHA1, CHIP_UPLOAD_HASH_SHA256 };

/** What the bytes up to chip_upload_write_end() must hash to. */
struct chip_upload_check {
    enum chip_upload_hash hash;
    unsigned char digest[32]; /* its first 20 or 32 bytes */
};

enum chip_upload_end {
    CHIP_UPLOAD_CUT,    /* the connection died: what came is kept, unless a checksum was given */
    CHIP_UPLOAD_PAUSE,  /* the request is over; with the last byte of a known length it is finished
                         */
    CHIP_UPLOAD_FINISH, /* this is all of it, whatever the length was to be */
};

/**
 * Becomes the upload's writer.
 *
 * @param offset must be what is here
 * @param check  NULL: none
 * @return CHIP_OK; CHIP_E_CONFLICT at another offset or when it is finished; CHIP_E_UNAVAILABLE
 *         when somebody else is writing: try again in seconds; CHIP_E_NOT_FOUND; CHIP_E_IO also
 * when the disk has no room; CHIP_E_NOMEM
 */
CHIP_MUST_CHECK
enum chip_status chip_upload_write_begin(struct chip_uploads *uploads, const char *user_id,
                                         const char *id, int64_t offset,
                                         const struct chip_upload_check *check,
                                         struct chip_upload_writer **out, struct chip_err *err);

/**
 * Appends.
 *
 * @return CHIP_OK; CHIP_E_LIMIT beyond its length or the limits, nothing of this was written then;
 *         CHIP_E_CONFLICT when it was removed or another writer took over; CHIP_E_IO also when the
 *         disk has no room
 */
CHIP_MUST_CHECK
enum chip_status chip_upload_write(struct chip_upload_writer *writer, const char *bytes, size_t n,
                                   struct chip_err *err);

/**
 * Ends writing and frees the writer, also on failure.
 *
 * @param writer NULL: does nothing
 * @param out    its state now; may be NULL
 * @return CHIP_OK; CHIP_E_CHECKSUM: the bytes since begin are dropped; CHIP_E_CONFLICT, CHIP_E_IO
 *         as above
 */
enum chip_status chip_upload_write_end(struct chip_upload_writer *writer, enum chip_upload_end how,
                                       struct chip_upload *out, struct chip_err *err);
