/** The progress bar as text: pure, so that it can be tested; report.c puts it on the terminal. */
#pragma once

#include "base/str.h"

/** Appends a length of time as people say it: "7 s" is 0:07, an hour 1:00:00. */
void chip_duration_add(struct chip_str *out, int64_t ms);

/** Appends a speed: "8.1x", "81x"; nothing when it is not known yet (<= 0 or not finite). */
void chip_speed_add(struct chip_str *out, double speed);

/**
 * Appends one line, at most `columns` wide, without line end:
 *
 *     meeting.mp4   42% [=======>          ]  81x  0:09 left
 *     meeting.mp4  12:30 done  81x               (a stream whose length is not known)
 *
 * What does not fit is left out, least important first: bar, name, speed, time left.
 *
 * @param name  of the recording; made safe for a terminal
 * @param index of n_files, from 1; shown when there are several
 */
void chip_progress_add_bar(struct chip_str *out, const char *name, int index, int n_files,
                           const struct chip_progress *progress, size_t columns);

/** 0..100; -1: not known. Only a finished recording is 100. */
double chip_progress_percent(const struct chip_progress *progress);
