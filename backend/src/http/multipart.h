/**
 * Reads multipart/form-data (RFC 7578) as it arrives, in little memory.
 *
 * Threads: one parser belongs to one thread at a time.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>

#include "base/err.h"

enum {
    CHIP_PART_NAME = 128, /* bytes, with the NUL; longer names are cut */
    CHIP_PART_FILE = 512,
};

struct chip_part {
    char name[CHIP_PART_NAME];
    char file[CHIP_PART_FILE]; /* its name as the client says; "" without; never a path to use */
    bool is_file;              /* a file name was given, perhaps an empty one */
};

/** What is found. A status other than CHIP_OK ends the reading, and is what the feed returns. */
struct chip_part_events {
    enum chip_status (*begin)(void *user, const struct chip_part *part, struct chip_err *err);
    enum chip_status (*data)(void *user, const char *bytes, size_t n, struct chip_err *err);
    enum chip_status (*end)(void *user, struct chip_err *err);
};

struct chip_multipart;

/**
 * @param content_type the request's header, with the boundary
 * @param events       borrowed, as `user`
 * @return CHIP_OK; CHIP_E_INVAL when there is no usable boundary; CHIP_E_UNSUPPORTED for another
 *         type; CHIP_E_NOMEM
 */
CHIP_MUST_CHECK
enum chip_status chip_multipart_new(struct chip_multipart **out, const char *content_type,
                                    const struct chip_part_events *events, void *user,
                                    struct chip_err *err);
void chip_multipart_free(struct chip_multipart *mp);
CHIP_DEFINE_AUTO(chip_multipart)

/** Is it multipart/form-data? NULL is not. */
bool chip_multipart_is(const char *content_type);

/**
 * The next bytes, in pieces of any size.
 *
 * @return CHIP_OK; CHIP_E_FORMAT for what is no such body; CHIP_E_LIMIT for a part whose head is
 *         longer than 8 KiB, or more than 1,000 parts; what an event said
 */
CHIP_MUST_CHECK
enum chip_status chip_multipart_feed(struct chip_multipart *mp, const char *bytes, size_t n,
                                     struct chip_err *err);

/** Was that all? @return CHIP_OK; CHIP_E_FORMAT when the last delimiter is missing */
CHIP_MUST_CHECK
enum chip_status chip_multipart_finish(const struct chip_multipart *mp, struct chip_err *err);
