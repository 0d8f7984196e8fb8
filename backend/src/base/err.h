/**
 * Status codes and error messages.
 *
 * Every function that can fail returns `enum chip_status` and takes a `struct chip_err *` last. The
 * status says what kind of failure it was (programs branch on it, the command line turns it into
 * an exit code); the message says what happened and what to do, in words for a person.
 */
#pragma once

#include <chip/chip.h>

#define CHIP_MUST_CHECK __attribute__((warn_unused_result))
#define CHIP_PRINTF(fmt, first) __attribute__((format(printf, fmt, first)))

/**
 * Frees a local variable on every return: `CHIP_AUTO(chip_clip) clip = chip_clip_new();`.
 * `T##_freep(struct T **)` must exist; CHIP_DEFINE_AUTO(T) makes it from `T##_free`.
 */
#define CHIP_AUTO(T) __attribute__((cleanup(T##_freep))) struct T *
#define CHIP_DEFINE_AUTO(T)                    \
    static inline void T##_freep(struct T **p) \
    {                                          \
        T##_free(*p);                          \
        *p = NULL;                             \
    }

/**
 * Records a failure.
 *
 * @param err  filled when not NULL; a message too long for it is cut
 * @param code what kind of failure; not CHIP_OK
 * @param fmt  printf format of the message, one sentence, no newline
 * @return code, so that callers can write `return chip_fail(err, ...)`
 */
enum chip_status chip_fail(struct chip_err *err, enum chip_status code, const char *fmt, ...)
    CHIP_PRINTF(3, 4);

/**
 * Puts context before a message that is already recorded: "open 'a.wav': " + "not a media file".
 *
 * @return err->code, or CHIP_E_INTERNAL when err is NULL
 */
enum chip_status chip_fail_in(struct chip_err *err, const char *fmt, ...) CHIP_PRINTF(2, 3);
