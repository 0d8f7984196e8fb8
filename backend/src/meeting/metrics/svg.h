/**
 * What the charts share. They need no script, no font and no file beside them, follow the reader's
 * light or dark scheme, and say in words (title, desc) what they show. Any thread.
 */
#pragma once

#include "base/str.h"

enum {
    CHIP_SVG_WIDTH = 960,
    CHIP_SVG_LEFT = 150,  /* where names end and the picture begins */
    CHIP_SVG_RIGHT = 936, /* where it ends */
    CHIP_SVG_TOP = 56,
    CHIP_SVG_ROW = 34, /* height of a speaker's row */
};

/** Appends text with &, <, > and quotes escaped. */
void chip_svg_add_text(struct chip_str *out, const char *text);

/** Opens the picture: size, colours, heading. The title is text; the description goes on. */
void chip_svg_begin(struct chip_str *out, int height, const char *title);

/** Writes a speaker's name before row `row`, at most 18 characters of it. */
void chip_svg_add_name(struct chip_str *out, const struct chip_transcript *t, size_t speaker,
                       int row);

/** Class of a speaker's colour: "s0" to "s7"; and the closing tag. */
int chip_svg_colour(size_t speaker);
