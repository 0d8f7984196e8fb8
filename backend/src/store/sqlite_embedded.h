/** SQL that the build puts into the program; models/embed.py writes its bytes, ended by a NUL. */
#pragma once

#include <stddef.h>

extern const unsigned char chip_embedded_sqlite_1_init[];
extern const size_t chip_embedded_sqlite_1_init_size;
extern const unsigned char chip_embedded_sqlite_2_search[];
extern const size_t chip_embedded_sqlite_2_search_size;
extern const unsigned char chip_embedded_sqlite_3_waveform[];
extern const size_t chip_embedded_sqlite_3_waveform_size;
extern const unsigned char chip_embedded_sqlite_4_search_names[];
extern const size_t chip_embedded_sqlite_4_search_names_size;
