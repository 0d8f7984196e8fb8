/** The JSON lines of `--progress json`, one function per event. Any thread; they are written whole.
 */
#pragma once

#include "cli/report.h"

void chip_report_json_start(const struct chip_report *r);
void chip_report_json_progress(const struct chip_report *r, const struct chip_progress *progress);
void chip_report_json_segment(const struct chip_report *r, const struct chip_segment *segment);
void chip_report_json_warning(const struct chip_report *r, const struct chip_audit *audit);

/** @param seconds that it took */
void chip_report_json_done(const struct chip_report *r, const struct chip_transcript *t,
                           double seconds, const struct chip_outputs *outputs);

/** @param file NULL: none. @param outputs where a part was saved, NULL: nowhere */
void chip_report_json_error(const struct chip_report *r, const char *file, enum chip_status status,
                            enum chip_exit code, const char *message,
                            const struct chip_outputs *outputs);
