#include "../test.h"

#include "http/router.h"

static void handle(struct chip_request *req)
{
    (void)req;
}

static struct chip_router *make(const struct chip_route *routes, size_t n)
{
    struct chip_router *router = NULL;
    struct chip_err err;
    struct chip_route_table table = {routes, n};
    if (chip_router_new(&router, &table, 1, &err) != CHIP_OK)
        return NULL;
    return router;
}

static const struct chip_route routes[] = {
    {"GET", "/jobs/{id}", .handle = handle},
    {"GET", "/jobs/{id}/parts/{part}", .handle = handle},
    {"GET", "/jobs/all", .handle = handle},
    {"POST", "/jobs/all", .handle = handle},
    {"HEAD", "/files/{id}", .handle = handle},
    {"GET", "/files/{id}", .handle = handle},
    {"GET", "/jobs/{id}/all", .handle = handle},
    {"DELETE", "/jobs/{id}", .handle = handle},
};

static const struct chip_route with_rest[] = {
    {"GET", "/{page*}", .handle = handle},
    {"GET", "/jobs/{id}", .handle = handle},
    {"POST", "/jobs", .handle = handle},
};

static void assert_route(const char *method, const char *path, const char *expected,
                         const char *param)
{
    struct chip_router *router = make(routes, sizeof routes / sizeof *routes);
    struct chip_target target;
    struct chip_match match;
    assert_non_null(router);
    assert_int_equal(chip_target_parse(&target, path, NULL), CHIP_OK);
    chip_router_match(router, method, &target, &match);
    if (expected) {
        assert_non_null(match.route);
        assert_string_equal(match.route->path, expected);
        assert_ptr_equal(chip_router_route(router, match.number), match.route);
    } else {
        assert_null(match.route);
    }
    if (param)
        assert_string_equal(match.params[0], param);
    chip_target_done(&target);
    chip_router_free(router);
}

static void the_most_literal_path_wins(void **state)
{
    (void)state;
    assert_route("GET", "/jobs/7", "/jobs/{id}", "7");
    assert_route("GET", "/jobs/all", "/jobs/all", NULL);
    assert_route("GET", "/jobs/all/all", "/jobs/{id}/all", "all");
    assert_route("GET", "/jobs/7/parts/8", "/jobs/{id}/parts/{part}", "7");
    assert_route("GET", "/jobs/", NULL, NULL);
    assert_route("GET", "/jobs", NULL, NULL);
    assert_route("DELETE", "/jobs/all", NULL, NULL);
}

static void head_is_get_unless_it_has_a_route(void **state)
{
    (void)state;
    assert_route("HEAD", "/jobs/7", "/jobs/{id}", "7");
    struct chip_router *router = make(routes, sizeof routes / sizeof *routes);
    struct chip_target target;
    struct chip_match match;
    assert_int_equal(chip_target_parse(&target, "/files/7", NULL), CHIP_OK);
    chip_router_match(router, "HEAD", &target, &match);
    assert_string_equal(match.route->method, "HEAD");
    chip_router_match(router, "GET", &target, &match);
    assert_string_equal(match.route->method, "GET");
    chip_target_done(&target);
    chip_router_free(router);
}

static void the_rest_is_taken_by_its_route_alone(void **state)
{
    (void)state;
    static const char *const rest[] = {"/", "/a", "/a/b/c/", "/jobs/", "/jobs/7/parts", "/{page*}"};
    struct chip_router *router = make(with_rest, sizeof with_rest / sizeof *with_rest);
    struct chip_target target;
    struct chip_match match;
    assert_non_null(router);
    for (size_t i = 0; i < sizeof rest / sizeof *rest; i++) {
        assert_int_equal(chip_target_parse(&target, rest[i], NULL), CHIP_OK);
        chip_router_match(router, "HEAD", &target, &match);
        assert_true(match.rest);
        assert_string_equal(match.route->path, "/{page*}");
        chip_router_match(router, "POST", &target, &match);
        assert_null(match.route);
        assert_string_equal(match.allow, "GET, HEAD, OPTIONS");
        chip_target_done(&target);
    }
    assert_int_equal(chip_target_parse(&target, "/jobs/7", NULL), CHIP_OK);
    chip_router_match(router, "GET", &target, &match);
    assert_false(match.rest);
    chip_target_done(&target);
    assert_int_equal(chip_target_parse(&target, "/jobs", NULL), CHIP_OK);
    chip_router_match(router, "GET", &target, &match);
    assert_null(match.route); /* a path of another route, whatever the method */
    chip_target_done(&target);
    chip_router_free(router);
}

static void routes_that_cannot_be_told_apart_are_refused(void **state)
{
    (void)state;
    const struct chip_route twice[] = {{"GET", "/a/{x}", .handle = handle},
                                       {"GET", "/b", .handle = handle},
                                       {"GET", "/a/{y}", .handle = handle}};
    assert_null(make(twice, 3));
    const struct chip_route none[] = {{"GET", "a", .handle = handle}};
    assert_null(make(none, 1));
    const struct chip_route many[] = {{"GET", "/{a}/{b}/{c}/{d}/{e}", .handle = handle}};
    assert_null(make(many, 1));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_most_literal_path_wins),
        cmocka_unit_test(head_is_get_unless_it_has_a_route),
        cmocka_unit_test(the_rest_is_taken_by_its_route_alone),
        cmocka_unit_test(routes_that_cannot_be_told_apart_are_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
