/** Tokens as Supabase's older projects sign them: JWTs with HS256. */
#pragma once

#include <jansson.h>

/** @param claims taken. @return malloc'ed */
char *test_jwt_make(const char *secret, json_t *claims);

/** @return the claims of a token with a right signature, not looking at times; NULL for others */
json_t *test_jwt_read(const char *secret, const char *token);
