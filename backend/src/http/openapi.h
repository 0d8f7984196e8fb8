/** docs/openapi.yaml, made part of the program when it is built. */
#pragma once

#include <stddef.h>

extern const unsigned char chip_openapi[]; /* [chip_openapi_size], then a NUL */
extern const size_t chip_openapi_size;
