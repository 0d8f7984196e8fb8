/** What a model costs: a list of the operator's, as prices change too often to be built in. Pure.
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>

/** USD for a million tokens. */
struct chip_price {
    double input, output;
};

/**
 * Is it "model=1.25/10, other=0.5/2"?
 *
 * @param entry [n_entry] receives the entry that makes no sense, cut to fit
 */
bool chip_prices_check(const char *prices, char *entry, int n_entry);

/** @param prices NULL: none. @return false: the model has no price */
bool chip_price_find(const char *prices, const char *model, struct chip_price *out);
