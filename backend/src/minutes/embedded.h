/** Files of templates/ that the build puts into the program; models/embed.py writes their bytes. */
#pragma once

#include <stddef.h>

extern const unsigned char chip_embedded_minutes_schema[];
extern const size_t chip_embedded_minutes_schema_size;
extern const unsigned char chip_embedded_stored_schema[];
extern const size_t chip_embedded_stored_schema_size;
extern const unsigned char chip_embedded_summary_schema[];
extern const size_t chip_embedded_summary_schema_size;
extern const unsigned char chip_embedded_ask_schema[];
extern const size_t chip_embedded_ask_schema_size;

/* Prompts: Markdown with {{names}}. */
extern const unsigned char chip_embedded_instructions[];
extern const size_t chip_embedded_instructions_size;
extern const unsigned char chip_embedded_summary[];
extern const size_t chip_embedded_summary_size;
extern const unsigned char chip_embedded_ask[];
extern const size_t chip_embedded_ask_size;
extern const unsigned char chip_embedded_general[];
extern const size_t chip_embedded_general_size;
extern const unsigned char chip_embedded_one_on_one[];
extern const size_t chip_embedded_one_on_one_size;
extern const unsigned char chip_embedded_interview[];
extern const size_t chip_embedded_interview_size;
extern const unsigned char chip_embedded_sales_call[];
extern const size_t chip_embedded_sales_call_size;
extern const unsigned char chip_embedded_stand_up[];
extern const size_t chip_embedded_stand_up_size;
extern const unsigned char chip_embedded_lecture[];
extern const size_t chip_embedded_lecture_size;
