/**
 * Name lookups of a test, in the place of the system's: no DNS, and answers that change, as those
 * of an attacker do.
 */
#pragma once

/**
 * @param name  a static text
 * @param first what the first lookup gives: an address, or several with blanks between them
 * @param later what later ones give; NULL: the same
 */
void test_name_is(const char *name, const char *first, const char *later);

/** Forgets all names. */
void test_names_reset(void);

/** Lookups so far. */
int test_name_lookups(void);
