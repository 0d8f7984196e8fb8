/** The writers behind chip_metrics_write(), one per file. Any thread. */
#pragma once

#include "base/str.h"

/**
 * @param m   measured from t; both borrowed
 * @param out the text is appended; a lack of memory is the caller's to see
 */
typedef void chip_metrics_writer(const struct chip_metrics *m, const struct chip_transcript *t,
                                 const struct chip_metrics_look *look, struct chip_str *out);

chip_metrics_writer chip_metrics_write_json;
chip_metrics_writer chip_metrics_write_text;
chip_metrics_writer chip_metrics_write_svg_timeline;
chip_metrics_writer chip_metrics_write_svg_shares;
