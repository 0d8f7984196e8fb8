/** gzip of answers. Any thread. */
#pragma once

#include <stdbool.h>
#include <stddef.h>

/** Whether content of that type gets smaller: text, JSON, YAML, JavaScript, SVG. */
bool chip_gzip_worth(const char *type);

/** @return malloc'ed [*n_out]; NULL without memory or when it would not get smaller */
void *chip_gzip(const void *data, size_t n, size_t *n_out);
