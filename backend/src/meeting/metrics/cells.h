/** Columns, bars and colours of the table of metrics. Any thread. */
#pragma once

#include "base/str.h"

/** Appends text as at most `width` columns and blanks up to that; wide characters count twice. */
void chip_cell_left(struct chip_str *out, const char *text, int width);

/** The same with the blanks in front. */
void chip_cell_right(struct chip_str *out, const char *text, int width);

/** Appends a bar, share * width long, to eighths of a column, and blanks up to width. */
void chip_cell_bar(struct chip_str *out, const struct chip_metrics_look *look, double share,
                   int width);

/** Appends one character as high as the share. */
void chip_cell_level(struct chip_str *out, const struct chip_metrics_look *look, double share);

/** Switches to the colour of a speaker, to bold, to faint, and back; nothing without colours. */
void chip_cell_speaker(struct chip_str *out, const struct chip_metrics_look *look, size_t speaker);
void chip_cell_bold(struct chip_str *out, const struct chip_metrics_look *look);
void chip_cell_faint(struct chip_str *out, const struct chip_metrics_look *look);
void chip_cell_plain(struct chip_str *out, const struct chip_metrics_look *look);
