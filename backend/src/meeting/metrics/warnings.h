/** What to distrust in a conversation's metrics, in sentences. Any thread. */
#pragma once

#include "meeting/metrics/scene.h"

/**
 * @param scene    the talk as it is, built; borrowed
 * @param t        its transcript, for the names; borrowed
 * @param warnings [n] malloc'ed strings in a malloc'ed array; free with chip_warnings_free()
 * @return CHIP_OK or CHIP_E_NOMEM
 */
CHIP_MUST_CHECK
enum chip_status chip_warnings_find(const struct chip_scene *scene, const struct chip_transcript *t,
                                    const char ***warnings, size_t *n, struct chip_err *err);
void chip_warnings_free(const char **warnings, size_t n);

/** The name of a speaker, or the label if there is no name. */
const char *chip_speaker_shown(const struct chip_transcript *t, size_t speaker);
