/**
 * Tokens for ?token=: who, which path, until when, sealed (AES-256-GCM) so that nobody can change
 * them, or read the user's own token in them. Any thread.
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "http/seal.h"

enum { CHIP_LINK_KEY = CHIP_SEAL_KEY };

struct chip_link {
    const char *user_id; /* NULL: the service */
    const char *jwt;     /* NULL: none */
    const char *path;    /* good for it and what is below */
    int64_t expires_s;   /* seconds since 1970 */
};

/** @param out malloc'ed, of characters that URLs take as they are */
CHIP_MUST_CHECK
enum chip_status chip_link_seal(const unsigned char key[CHIP_LINK_KEY],
                                const struct chip_link *link, char **out, struct chip_err *err);

/**
 * Opens one for a request of `path`.
 *
 * @param user_id,jwt malloc'ed, or NULL as sealed; set only on success
 * @param why         set on failure: static text
 */
bool chip_link_open(const unsigned char key[CHIP_LINK_KEY], const char *token, const char *path,
                    int64_t now_s, char **user_id, char **jwt, const char **why);
