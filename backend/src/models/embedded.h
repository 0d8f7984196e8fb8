/** Files that the build puts into the program; embed.py writes their bytes. */
#pragma once

#include <stddef.h>

extern const unsigned char chip_embedded_catalogue[];
extern const size_t chip_embedded_catalogue_size;
