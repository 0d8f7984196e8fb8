/** Names that become parts of paths, and so must not lead anywhere else. Any thread. */
#pragma once

#include <stdbool.h>

/** A model's name: 1 to 64 of a-z 0-9 . _ -, beginning with a letter or digit. */
bool chip_model_name_valid(const char *name);

/** A file's name: 1 to 128 of letters, digits, . _ -, not beginning with a dot. */
bool chip_file_name_valid(const char *name);

/** A path below a folder: file names (a leading @ is fine) joined by single slashes, at most 512.
 */
bool chip_relative_path_valid(const char *path);
