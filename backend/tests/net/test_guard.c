#include "../test.h"

#include "names.h"
#include "net/address.h"
#include "net/call.h"
#include "net/guard.h"
#include "server.h"

static struct chip_guard *guard_of(const struct chip_guard_settings *settings)
{
    struct chip_guard *guard;
    struct chip_err err = {0};
    if (chip_guard_new(&guard, settings, &err) != CHIP_OK)
        fail_msg("%s", err.message);
    return guard;
}

static struct chip_guard *allowing(const char *allow)
{
    return guard_of(&(struct chip_guard_settings){.allow = allow});
}

/* ---- addresses ------------------------------------------------------------------------------- */

static void only_addresses_of_the_internet_are_public(void **state)
{
    (void)state;
    static const char *const inside[] = {
        "0.0.0.0", "0.1.2.3", "10.0.0.1", "10.255.255.255", "100.64.0.1", "100.127.255.255",
        "127.0.0.1", "127.255.255.255", "169.254.0.1", "169.254.169.254", "172.16.0.1",
        "172.31.255.255", "192.0.0.1", "192.0.0.192", "192.0.2.1", "192.88.99.1", "192.168.0.1",
        "198.18.0.1", "198.19.255.255", "198.51.100.1", "203.0.113.1", "224.0.0.1",
        "239.255.255.255", "240.0.0.1", "255.255.255.255", "168.63.129.16", "100.100.100.200",
        /* IPv6: unspecified, loopback, link-local, site-local, unique local, multicast, discard */
        "::", "::1", "fe80::1", "febf::1", "fec0::1", "fc00::1", "fd00:ec2::254", "fdff::1",
        "ff02::1", "100::1",
        /* documentation, Teredo, ORCHID, what is not given out */
        "2001:db8::1", "3fff::1", "2001::1", "2001:20::1", "4000::1", "5f00::1",
        /* IPv4 in disguise: compatible, mapped, translated, NAT64, its local form, 6to4 */
        "::127.0.0.1", "::ffff:127.0.0.1", "::ffff:10.0.0.1", "::ffff:169.254.169.254",
        "::ffff:0:127.0.0.1", "64:ff9b::7f00:1", "64:ff9b::a9fe:a9fe", "64:ff9b:1::808:808",
        "2002:7f00:1::", "2002:a9fe:a9fe::1", "2002:a00:1::1"};
    for (size_t i = 0; i < sizeof inside / sizeof *inside; i++) {
        struct chip_address a;
        if (!chip_address_parse(inside[i], &a) || chip_address_is_public(&a))
            fail_msg("%s counts as public", inside[i]);
    }
    static const char *const outside[] = {
        "1.1.1.1",         "8.8.8.8",         "9.255.255.255",   "11.0.0.0",
        "100.63.255.255",  "100.128.0.0",     "126.255.255.255", "128.0.0.0",
        "169.253.255.255", "169.255.0.0",     "172.15.255.255",  "172.32.0.0",
        "192.0.1.1",       "192.167.255.255", "192.169.0.0",     "198.17.255.255",
        "198.20.0.0",      "223.255.255.255", "2606:4700::1111", "2a00:1450:4001::1",
        "2001:4860::8888", "2001:200::1",     "::ffff:8.8.8.8",  "64:ff9b::808:808",
        "2002:808:808::1"};
    for (size_t i = 0; i < sizeof outside / sizeof *outside; i++) {
        struct chip_address a;
        if (!chip_address_parse(outside[i], &a) || !chip_address_is_public(&a))
            fail_msg("%s does not count as public", outside[i]);
    }
}

static void networks_hold_what_their_bits_say(void **state)
{
    (void)state;
    static const struct {
        const char *network, *address;
        bool in;
    } cases[] = {
        {"10.0.0.0/8", "10.9.8.7", true},
        {"10.0.0.0/8", "11.0.0.0", false},
        {"10.1.2.0/23", "10.1.3.255", true},
        {"10.1.2.0/23", "10.1.4.0", false},
        {"10.1.2.3", "10.1.2.3", true},
        {"10.1.2.3", "10.1.2.4", false},
        {"0.0.0.0/0", "1.2.3.4", true},
        {"0.0.0.0/0", "fd00::1", false},
        {"fd00::/7", "fc00::1", true},
        {"::/0", "fd00::1", true},
        {"[fd00::1]", "fd00::1", true},
        {"10.0.0.0/8", "::ffff:10.0.0.1", true},
        {"2001:db8:8000::/33", "2001:db8:7fff::", false},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct chip_network network;
        struct chip_address address;
        assert_true(chip_network_parse(cases[i].network, &network));
        assert_true(chip_address_parse(cases[i].address, &address));
        assert_int_equal(chip_network_has(&network, &address), cases[i].in);
    }
    static const char *const bad[] = {
        "",         "/8",     "10.0.0.0/", "10.0.0.0/33", "10.0.0.0/-1", "::/129", "10.0.0.0/8x",
        "10.0.0/8", "host/8", "[::1",      "1.2.3.4.5"};
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        struct chip_network network;
        if (chip_network_parse(bad[i], &network))
            fail_msg("'%s' is no network", bad[i]);
    }
}

/* ---- URLs ------------------------------------------------------------------------------------ */

static void urls_that_lead_inside_are_refused_in_every_spelling(void **state)
{
    (void)state;
    static const char *const urls[] = {"http://127.0.0.1/",
                                       "http://127.1/",
                                       "http://2130706433/",
                                       "http://0x7f000001/",
                                       "http://0x7f.1/",
                                       "http://0177.0.0.1/",
                                       "http://017700000001/",
                                       "http://0/",
                                       "http://[::1]/",
                                       "http://[::]/",
                                       "http://[::ffff:127.0.0.1]/",
                                       "http://[::ffff:7f00:1]/",
                                       "http://[0:0:0:0:0:ffff:7f00:0001]/",
                                       "http://[64:ff9b::7f00:1]/",
                                       "http://[fe80::1%25lo]/",
                                       "http://[fd00:ec2::254]/",
                                       "http://169.254.169.254/latest/meta-data/",
                                       "http://10.0.0.1:80/",
                                       "https://192.168.1.1/",
                                       "http://localhost/",
                                       "http://LOCALHOST./",
                                       "http://a.localhost/",
                                       "http://metadata.google.internal/",
                                       "http://printer.local/",
                                       "http://127.0.0.1./",
                                       "HTTP://127.0.0.1:8080/x?y#z",
                                       "http:127.0.0.1/",
                                       "http:///127.0.0.1/"};
    struct chip_guard *guard = allowing(NULL);
    for (size_t i = 0; i < sizeof urls / sizeof *urls; i++)
        if (chip_guard_check(guard, urls[i], NULL, NULL) == CHIP_OK)
            fail_msg("accepted: %s", urls[i]);
    chip_guard_free(guard);
}

static void what_is_no_plain_web_address_is_refused(void **state)
{
    (void)state;
    static const char *const urls[] = {"",
                                       "x",
                                       "example.com/a.mp3",
                                       "/etc/passwd",
                                       "file:///etc/passwd",
                                       "ftp://example.com/",
                                       "gopher://example.com/",
                                       "dict://example.com/",
                                       "javascript:alert(1)",
                                       "http://",
                                       "http://user@example.com/",
                                       "http://user:password@example.com/",
                                       "http://:password@example.com/",
                                       "http://example.com:0/",
                                       "http://example.com:99999/",
                                       "http://exa mple.com/",
                                       "http://example.com\r\nHost: x/",
                                       "http://example.com/\n"};
    struct chip_guard *guard = allowing(NULL);
    for (size_t i = 0; i < sizeof urls / sizeof *urls; i++) {
        struct chip_err err = {0};
        if (chip_guard_check(guard, urls[i], NULL, &err) != CHIP_E_INVAL)
            fail_msg("not refused: %s", urls[i]);
        assert_null(strstr(err.message, "password@"));
    }
    assert_int_equal(chip_guard_check(guard, "https://example.com/a.mp3?x=1", NULL, NULL), CHIP_OK);
    assert_int_equal(chip_guard_check(guard, "http://example.com:8080/", NULL, NULL), CHIP_OK);
    chip_guard_free(guard);
}

static void https_stays_https_where_that_is_asked_for(void **state)
{
    (void)state;
    struct chip_guard *guard =
        guard_of(&(struct chip_guard_settings){.https_only = true, .allow = "dev.example:3000"});
    assert_int_equal(chip_guard_check(guard, "http://example.com/", NULL, NULL), CHIP_E_INVAL);
    assert_int_equal(chip_guard_check(guard, "https://example.com/", NULL, NULL), CHIP_OK);
    assert_int_equal(chip_guard_check(guard, "http://dev.example:3000/", NULL, NULL), CHIP_OK);
    chip_guard_free(guard);
    guard = allowing(NULL);
    assert_int_equal(chip_guard_check(guard, "http://b.example/", "https://a.example/", NULL),
                     CHIP_E_DENIED);
    assert_int_equal(chip_guard_check(guard, "http://b.example/", "http://a.example/", NULL),
                     CHIP_OK);
    chip_guard_free(guard);
}

static void the_list_opens_what_it_names_and_no_more(void **state)
{
    (void)state;
    static const struct {
        const char *allow, *url;
        bool opens;
    } cases[] = {
        {"localhost", "http://localhost:3000/", true},
        {"localhost:3000", "http://localhost:3000/", true},
        {"localhost:3000", "http://localhost:3001/", false},
        {"localhost:80", "http://localhost/", true},
        {"LocalHost", "http://LOCALHOST./", true},
        {"localhost", "http://127.0.0.1/", false},
        {"127.0.0.1", "http://127.0.0.1:9/", true},
        {"127.0.0.1", "http://2130706433/", true},
        {"127.0.0.1:9000", "http://127.0.0.1:9000/", true},
        {"127.0.0.1:9000", "http://127.0.0.1:9001/", false},
        {"x, 10.0.0.0/8\n\t y", "http://10.20.30.40/", true},
        {"10.0.0.0/8:81", "http://10.1.1.1:81/", true},
        {"10.0.0.0/8:81", "http://10.1.1.1:82/", false},
        {"10.0.0.0/8", "http://11.0.0.1/", true}, /* public anyway */
        {"10.0.0.0/8", "http://192.168.0.1/", false},
        {"[::1]:8000", "http://[::1]:8000/", true},
        {"[::1]:8000", "http://[::1]:8001/", false},
        {"::1", "http://[::1]:8001/", true},
        {"fd00::/8", "http://[fd12::1]/", true},
        {"*.svc.internal", "http://a.b.svc.internal/", true},
        {"*.svc.internal", "http://svc.internal/", false},
        {"*.svc.internal", "http://evilsvc.internal/", false},
        {"svc.internal", "http://a.svc.internal/", false},
        {"*.internal", "http://x.internal.example.local/", false},
        {"", "http://localhost/", false},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct chip_guard *guard = allowing(cases[i].allow);
        if ((chip_guard_check(guard, cases[i].url, NULL, NULL) == CHIP_OK) != cases[i].opens)
            fail_msg("'%s' and %s", cases[i].allow, cases[i].url);
        chip_guard_free(guard);
    }
    static const char *const bad[] = {
        "*",      "*.*",        "*example.com", "http://example.com", "a/b",
        "host:0", "host:99999", "host:x",       "10.0.0.0/40",        "b\xc3\xa4r"};
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        struct chip_guard *guard;
        if (chip_guard_new(&guard, &(struct chip_guard_settings){.allow = bad[i]}, NULL) == CHIP_OK)
            fail_msg("accepted: %s", bad[i]);
    }
}

/* ---- connections ----------------------------------------------------------------------------- */

static struct test_server *server;

static void serve_ok(void *user, int fd, const struct test_request *request)
{
    (void)user;
    test_send(fd, "200 OK", "", request->path, strlen(request->path));
}

static int setup(void **state)
{
    (void)state;
    test_names_reset();
    server = test_server_start(serve_ok, NULL);
    return 0;
}

static int teardown(void **state)
{
    (void)state;
    test_server_stop(server);
    return 0;
}

/* Calls a host at the test server's port. */
static enum chip_status visit(const struct chip_guard *guard, const char *host,
                              struct chip_err *err)
{
    char url[300];
    const char *port = strrchr(test_server_url(server, ""), ':');
    struct chip_answer answer;
    snprintf(url, sizeof url, "http://%s%s/secret-path?token=SECRET", host, port);
    struct chip_call call = {.url = url, .guard = guard, .connect_timeout_s = 5};
    enum chip_status status = chip_call(&call, &answer, err);
    if (status == CHIP_OK)
        assert_int_equal(answer.status, 200);
    chip_answer_done(&answer);
    return status;
}

static void names_that_resolve_to_the_inside_are_refused(void **state)
{
    (void)state;
    static const char *const addresses[] = {"127.0.0.1",
                                            "10.0.0.1",
                                            "169.254.169.254",
                                            "0.0.0.0",
                                            "::1",
                                            "fd00:ec2::254",
                                            "::ffff:127.0.0.1",
                                            "64:ff9b::7f00:1",
                                            "2002:7f00:1::",
                                            "10.1.1.1 127.0.0.1 ::1"};
    struct chip_guard *guard = allowing(NULL);
    for (size_t i = 0; i < sizeof addresses / sizeof *addresses; i++) {
        struct chip_err err = {0};
        test_names_reset();
        test_name_is("rebind.example", addresses[i], NULL);
        if (visit(guard, "rebind.example", &err) != CHIP_E_DENIED)
            fail_msg("%s: %s", addresses[i], err.message);
        assert_non_null(strstr(err.message, "not in the public internet"));
        assert_null(strstr(err.message, "secret"));
        assert_null(strstr(err.message, "SECRET"));
        assert_int_equal(test_name_lookups(), 1); /* nothing is looked up before, to differ later */
    }
    assert_int_equal(test_server_count(server), 0);
    chip_guard_free(guard);
}

static void a_name_that_changes_its_mind_gains_nothing(void **state)
{
    (void)state;
    struct chip_guard *guard = allowing("127.0.0.1");
    struct chip_err err = {0};
    test_name_is("rebind.example", "127.0.0.1", "127.0.0.2");
    if (visit(guard, "rebind.example", &err) != CHIP_OK)
        fail_msg("%s", err.message);
    assert_int_equal(visit(guard, "rebind.example", &err), CHIP_E_DENIED);
    assert_non_null(strstr(err.message, "127.0.0.2"));
    assert_int_equal(test_server_count(server), 1);
    chip_guard_free(guard);
}

static void listed_names_lead_where_they_resolve_to(void **state)
{
    (void)state;
    struct chip_err err = {0};
    test_name_is("storage.corp.example", "127.0.0.1", NULL);
    static const char *const allow[] = {"storage.corp.example", "*.corp.example", "127.0.0.0/8"};
    for (size_t i = 0; i < sizeof allow / sizeof *allow; i++) {
        struct chip_guard *guard = allowing(allow[i]);
        if (visit(guard, "storage.corp.example", &err) != CHIP_OK)
            fail_msg("%s", err.message);
        chip_guard_free(guard);
    }
    struct chip_guard *guard = allowing("storage.corp.example:1");
    assert_int_equal(visit(guard, "storage.corp.example", &err), CHIP_E_DENIED);
    chip_guard_free(guard);
    assert_int_equal(test_server_count(server), 3);
}

static void of_several_addresses_those_that_are_accepted_count(void **state)
{
    (void)state;
    struct chip_guard *guard = allowing("127.0.0.1");
    struct chip_err err = {0};
    struct chip_answer answer;
    test_name_is("mixed.example", "10.0.0.1 127.0.0.1", NULL);
    if (visit(guard, "mixed.example", &err) != CHIP_OK)
        fail_msg("%s", err.message);
    /* Nobody listens there: that may change, so it is no refusal for good. */
    struct chip_call call = {.url = "http://mixed.example:1/", .guard = guard};
    assert_int_equal(chip_call(&call, &answer, &err), CHIP_E_NETWORK);
    chip_guard_free(guard);
}

static void no_name_opens_metadata(void **state)
{
    (void)state;
    static const char *const addresses[] = {"169.254.169.254",    "169.254.170.2",
                                            "fd00:ec2::254",      "100.100.100.200",
                                            "64:ff9b::a9fe:a9fe", "::ffff:169.254.169.254"};
    struct chip_guard *guard = allowing("*.corp.example");
    for (size_t i = 0; i < sizeof addresses / sizeof *addresses; i++) {
        struct chip_err err;
        test_names_reset();
        test_name_is("x.corp.example", addresses[i], NULL);
        assert_int_equal(visit(guard, "x.corp.example", &err), CHIP_E_DENIED);
    }
    chip_guard_free(guard);
}

static void proxies_of_the_environment_are_not_asked(void **state)
{
    (void)state;
    struct chip_err err = {0};
    test_name_is("inside.example", "127.0.0.1", NULL);
    static const char *const names[] = {"http_proxy", "HTTP_PROXY", "https_proxy", "all_proxy",
                                        "ALL_PROXY"};
    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        setenv(names[i], test_server_url(server, ""), 1);
    struct chip_guard *guard = allowing(NULL);
    assert_int_equal(visit(guard, "inside.example", &err), CHIP_E_DENIED);
    assert_int_equal(test_server_count(server), 0);
    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        unsetenv(names[i]);
    chip_guard_free(guard);
}

static void a_proxy_of_the_settings_is_asked_for_what_is_not_listed(void **state)
{
    (void)state;
    struct chip_err err = {0};
    struct chip_guard_settings settings = {.allow = "listed.example"};
    settings.proxy = test_server_url(server, "");
    test_name_is("listed.example", "127.0.0.1", NULL);
    setenv("no_proxy", "*", 1);
    struct chip_guard *guard = guard_of(&settings);
    assert_int_equal(visit(guard, "elsewhere.example", &err), CHIP_OK);
    assert_int_equal(test_name_lookups(), 0); /* the proxy looks it up */
    assert_int_equal(visit(guard, "listed.example", &err), CHIP_OK);
    assert_int_equal(test_name_lookups(), 1);
    assert_int_equal(visit(guard, "10.0.0.1", &err), CHIP_E_DENIED);
    unsetenv("no_proxy");
    chip_guard_free(guard);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(only_addresses_of_the_internet_are_public),
        cmocka_unit_test(networks_hold_what_their_bits_say),
        cmocka_unit_test(urls_that_lead_inside_are_refused_in_every_spelling),
        cmocka_unit_test(what_is_no_plain_web_address_is_refused),
        cmocka_unit_test(https_stays_https_where_that_is_asked_for),
        cmocka_unit_test(the_list_opens_what_it_names_and_no_more),
        cmocka_unit_test_setup_teardown(names_that_resolve_to_the_inside_are_refused, setup,
                                        teardown),
        cmocka_unit_test_setup_teardown(a_name_that_changes_its_mind_gains_nothing, setup,
                                        teardown),
        cmocka_unit_test_setup_teardown(listed_names_lead_where_they_resolve_to, setup, teardown),
        cmocka_unit_test_setup_teardown(of_several_addresses_those_that_are_accepted_count, setup,
                                        teardown),
        cmocka_unit_test_setup_teardown(no_name_opens_metadata, setup, teardown),
        cmocka_unit_test_setup_teardown(proxies_of_the_environment_are_not_asked, setup, teardown),
        cmocka_unit_test_setup_teardown(a_proxy_of_the_settings_is_asked_for_what_is_not_listed,
                                        setup, teardown),
    };
    return cmocka_run_group_tests_name("guard", tests, NULL, NULL);
}
