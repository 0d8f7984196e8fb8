/**
 * Voices that people have asked chip to know by name. Nothing is stored unless somebody adds it.
 *
 * A folder holds `voices.json` and `voices.key`. Voices are stored after a secret rotation
 * (rotation.h) by the key, which only its owner may read; a new key makes all stored voices
 * worthless at once. Every entry says who agreed to it and when it ends.
 *
 * Recognition is open-set: most voices of a meeting are nobody's. A name is a suggestion, made only
 * when a speaker and a profile are each other's nearest, near enough, and clearly nearer than the
 * next.
 *
 * Dates are days since 1970-01-01. One thread at a time for one set.
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "speech/diarize/window.h"

enum { CHIP_PROFILE_NAME_MAX = 128, CHIP_PROFILES_MAX = 1000 };

struct chip_profile {
    char name[CHIP_PROFILE_NAME_MAX];
    char consent[256];           /* who agreed to it, in the words of whoever added it */
    float voice[CHIP_VOICE_DIM]; /* unit length, rotated */
    double seconds;              /* of speech it was made of */
    int32_t added, expires;      /* days; the profile is ignored from `expires` on */
};

struct chip_profiles;

/**
 * Opens the profiles of a folder; one that is missing or empty holds none.
 *
 * @param out free it with chip_profiles_free()
 * @return CHIP_OK, CHIP_E_IO, CHIP_E_FORMAT for a damaged file, CHIP_E_NOMEM
 */
CHIP_MUST_CHECK
enum chip_status chip_profiles_open(struct chip_profiles **out, const char *dir,
                                    struct chip_err *err);
/** NULL is accepted. */
void chip_profiles_free(struct chip_profiles *profiles);
CHIP_DEFINE_AUTO(chip_profiles)

/** In order of name. Valid until the next change. */
const struct chip_profile *chip_profiles_list(const struct chip_profiles *profiles, size_t *n);

/**
 * Adds a voice, or replaces the one of that name; written at once.
 *
 * @param profile name, consent, seconds and dates as they will be stored; the voice as it is heard
 *                (not rotated), any length but 0
 * @return CHIP_OK; CHIP_E_INVAL for a name or a voice that is none; CHIP_E_LIMIT; CHIP_E_IO
 */
CHIP_MUST_CHECK
enum chip_status chip_profiles_add(struct chip_profiles *profiles,
                                   const struct chip_profile *profile, struct chip_err *err);

/** @return CHIP_OK; CHIP_E_NOT_FOUND; CHIP_E_IO */
CHIP_MUST_CHECK
enum chip_status chip_profiles_remove(struct chip_profiles *profiles, const char *name,
                                      struct chip_err *err);

/** Forgets all voices and makes a new key, so that copies of the old file are worthless too. */
CHIP_MUST_CHECK
enum chip_status chip_profiles_revoke(struct chip_profiles *profiles, struct chip_err *err);

/** What was found for one speaker. */
struct chip_profile_match {
    const struct chip_profile *profile; /* NULL: nobody known */
    float similarity;                   /* cosine to it */
};

/**
 * Suggests names for the speakers of a recording.
 *
 * @param voices [n] mean voices, not rotated, any length
 * @param today  expired profiles are not used
 * @param out    [n]
 */
void chip_profiles_match(const struct chip_profiles *profiles,
                         const float (*voices)[CHIP_VOICE_DIM], size_t n, int32_t today,
                         struct chip_profile_match *out);
