#include "../test.h"

#include <openssl/ec.h>
#include <openssl/rsa.h>

#include "http/auth.h"
#include "tokens.h"

#define SECRET "super-secret-jwt-token-with-at-least-32-characters"
#define USER "0b3a1c52-7d1e-4f6a-9c41-2f1b7c9d0e11"
#define OTHER "11111111-2222-4333-8444-555555555555"
#define HS256 "{\"alg\":\"HS256\",\"typ\":\"JWT\"}"

static struct chip_auth *open_auth(const struct chip_auth_settings *settings)
{
    struct chip_auth *auth;
    struct chip_err err = {0};
    if (chip_auth_new(&auth, settings, &err) != CHIP_OK)
        fail_msg("%s", err.message);
    return auth;
}

/* Checks one Authorization header and forgets who it was. */
static enum chip_auth_result ask(struct chip_auth *auth, const char *token, const char **why)
{
    char header[20000];
    struct chip_identity who;
    snprintf(header, sizeof header, "Bearer %s", token);
    enum chip_auth_result result = chip_auth_check(auth, header, NULL, NULL, "/", &who, why);
    chip_identity_done(&who);
    return result;
}

/* Claims with a text in the place of another: NULL leaves the member out. */
static char *bent_claims(const char *from, const char *to)
{
    char *claims = test_claims(USER), *at = strstr(claims, from), *bent;
    assert_non_null(at);
    assert_true(asprintf(&bent, "%.*s%s%s", (int)(at - claims), claims, to, at + strlen(from)) > 0);
    free(claims);
    return bent;
}

static void assert_refused(struct chip_auth *auth, char *token, const char *reason)
{
    const char *why = "";
    if (ask(auth, token, &why) != CHIP_AUTH_INVALID)
        fail_msg("not refused: %s", token);
    if (!strstr(why, reason))
        fail_msg("refused because '%s' instead of '%s'", why, reason);
    free(token);
}

static char *user_token(const char *user)
{
    char *claims = test_claims(user);
    char *token = test_hs256(HS256, claims, SECRET, strlen(SECRET));
    free(claims);
    return token;
}

/* ---- API keys -------------------------------------------------------------------------------- */

static const struct chip_auth_settings two_keys = {
    .api_keys = "the-new-key-of-2026, the-old-key-of-2025", .jwt_secret = SECRET};

static void every_key_of_a_rotation_lets_in_as_the_service(void **state)
{
    (void)state;
    struct chip_auth *auth = open_auth(&two_keys);
    struct chip_identity a, b;
    struct chip_caller caller;
    assert_int_equal(chip_auth_check(auth, NULL, "the-old-key-of-2025", NULL, "/", &a, NULL),
                     CHIP_AUTH_OK);
    assert_int_equal(chip_auth_check(auth, "bearer the-new-key-of-2026", NULL, NULL, "/", &b, NULL),
                     CHIP_AUTH_OK);
    assert_null(chip_identity_caller(&a, &caller));
    assert_string_equal(a.actor, "key");
    assert_memory_equal(a.limit_key, "key:", 4);
    assert_string_not_equal(a.limit_key, b.limit_key);
    assert_null(strstr(a.limit_key, "old"));
    chip_identity_done(&a);
    chip_identity_done(&b);
    chip_auth_free(auth);
}

static void what_is_presented_must_all_be_right(void **state)
{
    (void)state;
    struct chip_auth *auth = open_auth(&two_keys);
    struct chip_identity who;
    char *token = user_token(USER), bearer[2000];
    const char *good = "the-new-key-of-2026";
    snprintf(bearer, sizeof bearer, "Bearer %s", token);
    assert_int_equal(chip_auth_check(auth, bearer, "wrong", NULL, "/", &who, NULL),
                     CHIP_AUTH_INVALID);
    assert_int_equal(chip_auth_check(auth, "Bearer wrong", good, NULL, "/", &who, NULL),
                     CHIP_AUTH_INVALID);
    assert_int_equal(chip_auth_check(auth, "Basic dTpw", good, NULL, "/", &who, NULL),
                     CHIP_AUTH_INVALID);
    assert_int_equal(chip_auth_check(auth, bearer, good, NULL, "/", &who, NULL), CHIP_AUTH_OK);
    assert_string_equal(who.user_id, USER); /* who may do less */
    chip_identity_done(&who);
    free(token);
    chip_auth_free(auth);
}

static void wrong_and_missing_keys_are_told_apart(void **state)
{
    (void)state;
    struct chip_auth *auth = open_auth(&two_keys);
    struct chip_identity who;
    static const char *const wrong[] = {"", "the-new-key-of-202", "the-new-key-of-20266",
                                        "the-new-key-of-2026,the-old-key-of-2025", "x"};
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++)
        assert_int_equal(chip_auth_check(auth, NULL, wrong[i], NULL, "/", &who, NULL),
                         CHIP_AUTH_INVALID);
    static const char *const headers[] = {"", "Bearer", "Bearer ", "Bearerx y",
                                          "the-new-key-of-2026"};
    for (size_t i = 0; i < sizeof headers / sizeof *headers; i++)
        assert_int_equal(chip_auth_check(auth, headers[i], NULL, NULL, "/", &who, NULL),
                         CHIP_AUTH_INVALID);
    enum chip_auth_result missing = chip_auth_check(auth, NULL, NULL, NULL, "/", &who, NULL);
    assert_int_equal(missing, CHIP_AUTH_MISSING);
    assert_int_equal(chip_auth_http_status(missing), 401);
    assert_string_equal(chip_auth_challenge(missing), "Bearer realm=\"chip\"");
    assert_string_equal(chip_auth_challenge(CHIP_AUTH_INVALID),
                        "Bearer realm=\"chip\", error=\"invalid_token\"");
    chip_auth_free(auth);
}

static void nobody_gets_in_without_keys_unless_it_is_open(void **state)
{
    (void)state;
    struct chip_identity who;
    struct chip_auth *closed = open_auth(&(struct chip_auth_settings){.api_keys = " , "});
    assert_int_equal(chip_auth_check(closed, NULL, NULL, NULL, "/", &who, NULL), CHIP_AUTH_MISSING);
    assert_int_equal(chip_auth_check(closed, NULL, "", NULL, "/", &who, NULL), CHIP_AUTH_INVALID);
    chip_auth_free(closed);

    struct chip_auth *open = open_auth(&(struct chip_auth_settings){.open = true});
    assert_int_equal(chip_auth_check(open, NULL, NULL, NULL, "/", &who, NULL), CHIP_AUTH_OK);
    assert_null(who.user_id);
    assert_string_equal(who.limit_key, ""); /* the address counts */
    /* OpenAI's clients always send some key. */
    assert_int_equal(chip_auth_check(open, "Bearer unused", "x", NULL, "/", &who, NULL),
                     CHIP_AUTH_OK);
    chip_auth_free(open);
}

static void an_expired_user_is_refused_even_where_it_is_open(void **state)
{
    (void)state;
    struct chip_auth *open =
        open_auth(&(struct chip_auth_settings){.open = true, .jwt_secret = SECRET});
    char *claims = bent_claims("\"exp\":", "\"exp\":1,\"old\":");
    assert_refused(open, test_hs256(HS256, claims, SECRET, strlen(SECRET)), "expired");
    free(claims);
    chip_auth_free(open);
}

static void settings_that_cannot_be_meant_are_refused(void **state)
{
    (void)state;
    static const struct chip_auth_settings bad[] = {
        {.api_keys = "short"},
        {.api_keys = "the-new-key-of-2026,short"},
        {.jwt_secret = "too short"},
        {.jwt_secret = "-----BEGIN PUBLIC KEY-----\nMFkwEwYHKoZIzj0CAQYIKoZI"},
        {.jwks = "{}"},
        {.jwks = "no json"},
        {.link_secret = "too short"},
    };
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        struct chip_auth *auth;
        struct chip_err err = {0};
        assert_int_not_equal(chip_auth_new(&auth, &bad[i], &err), CHIP_OK);
        assert_null(strstr(err.message, "too short"));
    }
}

/* ---- users' tokens --------------------------------------------------------------------------- */

static void a_user_is_known_by_the_token_which_is_kept(void **state)
{
    (void)state;
    struct chip_auth *auth = open_auth(&(struct chip_auth_settings){
        .jwt_secret = SECRET, .issuer = "https://ref.example/auth/v1"});
    char *token = user_token("0B3A1C52-7D1E-4F6A-9C41-2F1B7C9D0E11"), bearer[2000];
    struct chip_identity who;
    struct chip_caller caller;
    snprintf(bearer, sizeof bearer, "Bearer  %s", token);
    assert_int_equal(chip_auth_check(auth, bearer, NULL, NULL, "/", &who, NULL), CHIP_AUTH_OK);
    assert_string_equal(chip_identity_caller(&who, &caller)->user_id, USER);
    assert_string_equal(caller.jwt, token);
    assert_string_equal(who.actor, "user");
    assert_string_equal(who.limit_key, "user:" USER);
    chip_identity_done(&who);
    free(token);
    chip_auth_free(auth);
}

static void claims_that_are_not_a_users_are_refused(void **state)
{
    (void)state;
    static const struct {
        const char *from, *to, *reason;
    } bad[] = {
        {"\"exp\":", "\"exp\":1,\"x\":", "expired"},
        {"\"exp\":", "\"x\":", "never expires"},
        {"\"exp\":", "\"exp\":\"9999999999\",\"x\":", "no time"},
        {"\"exp\":", "\"exp\":1e300,\"x\":", "no time"},
        {"\"exp\":", "\"exp\":-1,\"x\":", "no time"},
        {"\"exp\":", "\"nbf\":99999999999,\"exp\":", "not valid yet"},
        {"\"iat\":", "\"iat\":99999999999,\"x\":", "not valid yet"},
        {"\"aud\":\"authenticated\"", "\"aud\":\"anon\"", "audience"},
        {"\"aud\":\"authenticated\"", "\"aud\":[]", "audience"},
        {"\"aud\":\"authenticated\"", "\"aud\":{\"authenticated\":1}", "audience"},
        {"\"aud\":\"authenticated\",", "", "audience"},
        {"https://ref.example/auth/v1", "https://evil.example/auth/v1", "issuer"},
        {"https://ref.example/auth/v1", "https://ref.example/auth/v1/", "issuer"},
        {"\"role\":\"authenticated\"", "\"role\":\"anon\"", "signed-in"},
        {"\"role\":\"authenticated\"", "\"role\":\"service_role\"", "signed-in"},
        {"\"role\":\"authenticated\",", "", "signed-in"},
        {"\"sub\":\"" USER "\"", "\"sub\":\"1\"", "user id"},
        {"\"sub\":\"" USER "\"", "\"sub\":null", "user id"},
        {"\"sub\":\"" USER "\"", "\"sub\":\"" USER "/../x\"", "user id"},
        {"\"sub\":\"" USER "\"", "\"sub\":\"" USER "\",\"sub\":\"" OTHER "\"", "not a JSON object"},
        {"{", "[{", "not a JSON object"},
        {"{", "{\"a\\u0000b\":1,", "not a JSON object"},
    };
    struct chip_auth *auth = open_auth(&(struct chip_auth_settings){
        .jwt_secret = SECRET, .issuer = "https://ref.example/auth/v1"});
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        char *claims = bent_claims(bad[i].from, bad[i].to);
        assert_refused(auth, test_hs256(HS256, claims, SECRET, strlen(SECRET)), bad[i].reason);
        free(claims);
    }
    chip_auth_free(auth);
}

static void clocks_may_differ_by_half_a_minute(void **state)
{
    (void)state;
    struct chip_auth *auth = open_auth(&(struct chip_auth_settings){.jwt_secret = SECRET});
    char exp[64], nbf[64];
    snprintf(exp, sizeof exp, "\"exp\":%lld,\"x\":", test_time(-20));
    snprintf(nbf, sizeof nbf, "\"nbf\":%lld,\"exp\":", test_time(20));
    char *claims[] = {
        bent_claims("\"exp\":", exp), bent_claims("\"exp\":", nbf),
        bent_claims("\"aud\":\"authenticated\"", "\"aud\":[\"x\",\"authenticated\"]")};
    for (size_t i = 0; i < sizeof claims / sizeof *claims; i++) {
        char *token = test_hs256(HS256, claims[i], SECRET, strlen(SECRET));
        assert_int_equal(ask(auth, token, NULL), CHIP_AUTH_OK);
        free(token);
        free(claims[i]);
    }
    snprintf(exp, sizeof exp, "\"exp\":%lld,\"x\":", test_time(-31));
    char *late = bent_claims("\"exp\":", exp);
    assert_refused(auth, test_hs256(HS256, late, SECRET, strlen(SECRET)), "expired");
    free(late);
    chip_auth_free(auth);
}

static void every_changed_character_of_a_token_is_noticed(void **state)
{
    (void)state;
    struct chip_auth *auth = open_auth(&(struct chip_auth_settings){.jwt_secret = SECRET});
    char *token = user_token(USER);
    assert_int_equal(ask(auth, token, NULL), CHIP_AUTH_OK);
    for (size_t i = 0; token[i]; i++) {
        char was = token[i];
        token[i] = was == 'A' ? 'B' : 'A';
        assert_int_equal(ask(auth, token, NULL), CHIP_AUTH_INVALID);
        token[i] = was;
    }
    for (size_t n = strlen(token); n > 0; n--) {
        token[n - 1] = '\0';
        assert_int_equal(ask(auth, token, NULL), CHIP_AUTH_INVALID);
    }
    free(token);
    chip_auth_free(auth);
}

static void huge_and_broken_tokens_are_refused(void **state)
{
    (void)state;
    struct chip_auth *auth = open_auth(&(struct chip_auth_settings){.jwt_secret = SECRET});
    char *huge = malloc(10001);
    memset(huge, 'a', 10000);
    huge[10000] = '\0';
    assert_refused(auth, huge, "too long");

    char padding[9000], *claims = test_claims(USER), *long_claims;
    memset(padding, 'x', sizeof padding - 1);
    padding[sizeof padding - 1] = '\0';
    assert_true(asprintf(&long_claims, "{\"pad\":\"%s\",%s", padding, claims + 1) > 0);
    assert_refused(auth, test_hs256(HS256, long_claims, SECRET, strlen(SECRET)), "too long");
    free(long_claims);

    /* 3,000 levels of brackets. */
    memset(padding, '[', 3000);
    padding[3000] = '\0';
    assert_true(asprintf(&long_claims, "{\"pad\":%s", padding) > 0);
    assert_refused(auth, test_hs256(HS256, long_claims, SECRET, strlen(SECRET)), "JSON");
    free(long_claims);

    static const char *const broken[] = {".",
                                         "..",
                                         "...",
                                         "a.b",
                                         "a.b.c",
                                         "a.b.c.d",
                                         "e30.e30.",
                                         "e30.e30.AA",
                                         "eyJhbGciOiJIUzI1NiJ9.e30.A",
                                         "eyJhbGciOiJIUzI1NiJ9=.e30.AAAA"};
    for (size_t i = 0; i < sizeof broken / sizeof *broken; i++)
        assert_int_equal(ask(auth, broken[i], NULL), CHIP_AUTH_INVALID);
    free(claims);
    chip_auth_free(auth);
}

/* ---- tricks with algorithms ------------------------------------------------------------------ */

static EVP_PKEY *ec_key, *rsa_key;

static void an_unsigned_token_is_refused(void **state)
{
    (void)state;
    struct chip_auth *auth = open_auth(&(struct chip_auth_settings){.jwt_secret = SECRET});
    static const char *const headers[] = {"{\"alg\":\"none\"}",
                                          "{\"alg\":\"None\"}",
                                          "{\"alg\":\"hs256\"}",
                                          "{\"alg\":\"HS384\"}",
                                          "{\"alg\":\"\"}",
                                          "{\"alg\":null}",
                                          "{}",
                                          "{\"alg\":[\"HS256\"]}"};
    char *claims = test_claims(USER);
    for (size_t i = 0; i < sizeof headers / sizeof *headers; i++) {
        char *head = test_unsigned(headers[i], claims), *bare;
        assert_true(asprintf(&bare, "%s.", head) > 0);
        assert_int_equal(ask(auth, bare, NULL), CHIP_AUTH_INVALID);
        free(bare);
        free(head);
        assert_refused(auth, test_hs256(headers[i], claims, SECRET, strlen(SECRET)), "algorithm");
    }
    free(claims);
    chip_auth_free(auth);
}

static void headers_that_ask_for_more_are_refused(void **state)
{
    (void)state;
    struct chip_auth *auth = open_auth(&(struct chip_auth_settings){.jwt_secret = SECRET});
    static const char *const headers[] = {
        "{\"alg\":\"HS256\",\"crit\":[\"exp\"]}", "{\"alg\":\"HS256\",\"zip\":\"DEF\"}",
        "{\"alg\":\"HS256\",\"b64\":false}",      "{\"alg\":\"none\",\"alg\":\"HS256\"}",
        "{\"alg\":\"HS256\",\"typ\":\"JWE\"}",    "{\"alg\":\"HS256\",\"kid\":7}"};
    char *claims = test_claims(USER);
    for (size_t i = 0; i < sizeof headers / sizeof *headers; i++)
        assert_refused(auth, test_hs256(headers[i], claims, SECRET, strlen(SECRET)), "token");
    free(claims);
    chip_auth_free(auth);
}

static void public_keys_let_their_users_in(void **state)
{
    (void)state;
    char *claims = test_claims(USER);
    EVP_PKEY *keys[] = {ec_key, rsa_key};
    const char *const headers[] = {"{\"alg\":\"ES256\",\"kid\":\"k1\"}",
                                   "{\"alg\":\"RS256\",\"kid\":\"k1\"}"};
    for (int i = 0; i < 2; i++) {
        char *set = test_jwks(keys[i], "k1", "");
        struct chip_auth *auth = open_auth(&(struct chip_auth_settings){.jwks = set});
        char *token = test_signed(headers[i], claims, keys[i]);
        const char *why = "";
        if (ask(auth, token, &why) != CHIP_AUTH_OK)
            fail_msg("%s", why);
        token[strlen(token) - 8] ^= 1;
        assert_refused(auth, token, "signature");
        assert_refused(auth, test_signed(headers[1 - i], claims, keys[i]), "signature");
        free(set);
        chip_auth_free(auth);
    }
    free(claims);
}

static void a_public_key_is_never_a_shared_secret(void **state)
{
    (void)state;
    char *claims = test_claims(USER), *set = test_jwks(rsa_key, "k1", ""), *pem = test_pem(rsa_key);
    const char *header = "{\"alg\":\"HS256\",\"kid\":\"k1\"}";
    struct chip_auth *with_secret =
        open_auth(&(struct chip_auth_settings){.jwks = set, .jwt_secret = SECRET});
    struct chip_auth *without = open_auth(&(struct chip_auth_settings){.jwks = set});
    assert_refused(with_secret, test_hs256(header, claims, pem, strlen(pem)), "signature");
    assert_refused(without, test_hs256(header, claims, pem, strlen(pem)), "not set up");
    assert_refused(without, test_hs256(header, claims, "", 0), "not set up");
    free(pem);
    free(set);
    free(claims);
    chip_auth_free(with_secret);
    chip_auth_free(without);
}

static void key_ids_are_names_and_nothing_else(void **state)
{
    (void)state;
    static const char *const ids[] = {
        "", "K1", "k1 ", "k", "../k1", "k1' or '1'='1", "%00", "https://evil.example/jwks.json"};
    char *claims = test_claims(USER), *set = test_jwks(ec_key, "k1", "");
    struct chip_auth *auth = open_auth(&(struct chip_auth_settings){.jwks = set});
    for (size_t i = 0; i < sizeof ids / sizeof *ids; i++) {
        char header[200];
        snprintf(header, sizeof header, "{\"alg\":\"ES256\",\"kid\":\"%s\"}", ids[i]);
        assert_refused(auth, test_signed(header, claims, ec_key), "key");
    }
    char *embedded, *own = test_jwks(rsa_key, "k1", "");
    assert_true(asprintf(&embedded, "{\"alg\":\"RS256\",\"kid\":\"k2\",\"jwk\":%s}", own) > 0);
    assert_refused(auth, test_signed(embedded, claims, rsa_key), "key that we do not know");
    assert_refused(auth, test_signed("{\"alg\":\"ES256\"}", claims, ec_key), "names no key");
    assert_refused(auth, test_signed_der("{\"alg\":\"ES256\",\"kid\":\"k1\"}", claims, ec_key),
                   "signature");
    free(own);
    free(embedded);
    free(set);
    free(claims);
    chip_auth_free(auth);
}

static void zeros_are_no_signature(void **state)
{
    (void)state;
    char *claims = test_claims(USER), *set = test_jwks(ec_key, "k1", ""), *token;
    char *head = test_unsigned("{\"alg\":\"ES256\",\"kid\":\"k1\"}", claims);
    struct chip_auth *auth = open_auth(&(struct chip_auth_settings){.jwks = set});
    char zeros[87];
    memset(zeros, 'A', 86);
    zeros[86] = '\0';
    assert_true(asprintf(&token, "%s.%s", head, zeros) > 0);
    assert_refused(auth, token, "signature");
    free(head);
    free(set);
    free(claims);
    chip_auth_free(auth);
}

static int make_keys(void **state)
{
    (void)state;
    ec_key = EVP_EC_gen("P-256");
    rsa_key = EVP_RSA_gen(2048);
    return ec_key && rsa_key ? 0 : -1;
}

static int free_keys(void **state)
{
    (void)state;
    EVP_PKEY_free(ec_key);
    EVP_PKEY_free(rsa_key);
    return 0;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_key_of_a_rotation_lets_in_as_the_service),
        cmocka_unit_test(what_is_presented_must_all_be_right),
        cmocka_unit_test(wrong_and_missing_keys_are_told_apart),
        cmocka_unit_test(nobody_gets_in_without_keys_unless_it_is_open),
        cmocka_unit_test(an_expired_user_is_refused_even_where_it_is_open),
        cmocka_unit_test(settings_that_cannot_be_meant_are_refused),
        cmocka_unit_test(a_user_is_known_by_the_token_which_is_kept),
        cmocka_unit_test(claims_that_are_not_a_users_are_refused),
        cmocka_unit_test(clocks_may_differ_by_half_a_minute),
        cmocka_unit_test(every_changed_character_of_a_token_is_noticed),
        cmocka_unit_test(huge_and_broken_tokens_are_refused),
        cmocka_unit_test(an_unsigned_token_is_refused),
        cmocka_unit_test(headers_that_ask_for_more_are_refused),
        cmocka_unit_test(public_keys_let_their_users_in),
        cmocka_unit_test(a_public_key_is_never_a_shared_secret),
        cmocka_unit_test(key_ids_are_names_and_nothing_else),
        cmocka_unit_test(zeros_are_no_signature),
    };
    return cmocka_run_group_tests_name("auth", tests, make_keys, free_keys);
}
