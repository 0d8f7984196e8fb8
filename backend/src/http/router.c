#include "http/router.h"

#include <stdlib.h>
#include <string.h>

struct pattern {
    const struct chip_route *route;
    const char *parts[CHIP_MAX_SEGMENTS]; /* NULL: a parameter; else in `text` */
    size_t n_parts;
    bool rest;  /* the last part stands for all that follows, and is not among the parts */
    char *text; /* owned: the path with its slashes as NULs */
};

struct chip_router {
    struct pattern *patterns; /* sorted: those with literal parts first */
    size_t n;
};

/** "{name*}", at the end. */
static bool is_rest(const char *part)
{
    size_t n = strlen(part);
    return n > 3 && part[0] == '{' && strcmp(part + n - 2, "*}") == 0 && !strchr(part, '/');
}

static enum chip_status compile(struct pattern *p, const struct chip_route *route,
                                struct chip_err *err)
{
    p->route = route;
    p->text = strdup(route->path);
    if (!p->text)
        return chip_fail(err, CHIP_E_NOMEM, "out of memory");
    size_t n_params = 0;
    char *rest = p->text;
    while (*rest == '/' && p->n_parts < CHIP_MAX_SEGMENTS) {
        *rest++ = '\0';
        if (is_rest(rest)) {
            p->rest = true;
            return CHIP_OK;
        }
        bool param = *rest == '{';
        n_params += param;
        p->parts[p->n_parts++] = param ? NULL : rest;
        rest += strcspn(rest, "/");
    }
    if (*rest || p->n_parts == 0 || n_params > CHIP_MAX_PARAMS)
        return chip_fail(err, CHIP_E_INVAL, "the route '%s' has no path of parts after slashes",
                         route->path);
    return CHIP_OK;
}

static int compare_paths(const struct pattern *a, const struct pattern *b)
{
    if (a->rest != b->rest)
        return a->rest ? 1 : -1;
    if (a->n_parts != b->n_parts)
        return a->n_parts < b->n_parts ? -1 : 1;
    for (size_t i = 0; i < a->n_parts; i++) {
        const char *x = a->parts[i], *y = b->parts[i];
        if (!x != !y)
            return x ? -1 : 1;
        int order = x ? strcmp(x, y) : 0;
        if (order)
            return order;
    }
    return 0;
}

static int compare(const void *a, const void *b)
{
    const struct pattern *p = a, *q = b;
    int order = compare_paths(p, q);
    return order ? order : strcmp(p->route->method, q->route->method);
}

enum chip_status chip_router_new(struct chip_router **out, const struct chip_route_table *tables,
                                 size_t n_tables, struct chip_err *err)
{
    size_t n = 0;
    for (size_t i = 0; i < n_tables; i++)
        n += tables[i].n;
    CHIP_AUTO(chip_router) router = calloc(1, sizeof *router);
    if (router)
        router->patterns = calloc(n + 1, sizeof *router->patterns);
    if (!router || !router->patterns)
        return chip_fail(err, CHIP_E_NOMEM, "out of memory");

    for (size_t i = 0; i < n_tables; i++) {
        for (size_t j = 0; j < tables[i].n; j++) {
            enum chip_status st =
                compile(&router->patterns[router->n++], &tables[i].routes[j], err);
            if (st != CHIP_OK)
                return st;
        }
    }
    qsort(router->patterns, n, sizeof *router->patterns, compare);
    for (size_t i = 1; i < n; i++)
        if (compare(&router->patterns[i - 1], &router->patterns[i]) == 0)
            return chip_fail(err, CHIP_E_INVAL, "two routes are for %s %s",
                             router->patterns[i].route->method, router->patterns[i].route->path);
    *out = router;
    router = NULL;
    return CHIP_OK;
}

void chip_router_free(struct chip_router *router)
{
    if (!router)
        return;
    for (size_t i = 0; router->patterns && i < router->n; i++)
        free(router->patterns[i].text);
    free(router->patterns);
    free(router);
}

size_t chip_router_count(const struct chip_router *router)
{
    return router->n;
}

const struct chip_route *chip_router_route(const struct chip_router *router, size_t number)
{
    return router->patterns[number].route;
}

static bool path_matches(const struct pattern *p, const struct chip_target *target)
{
    if (p->rest ? p->n_parts >= target->n_segments : p->n_parts != target->n_segments)
        return false;
    for (size_t i = 0; i < p->n_parts; i++) {
        const char *segment = target->segments[i];
        if (p->parts[i] ? strcmp(p->parts[i], segment) != 0 : !*segment)
            return false;
    }
    return true;
}

static void take_params(const struct pattern *p, const struct chip_target *target,
                        struct chip_match *match)
{
    size_t n = 0;
    for (size_t i = 0; i < p->n_parts; i++)
        if (!p->parts[i])
            match->params[n++] = target->segments[i];
}

static void allow(struct chip_match *match, const char *method)
{
    size_t used = strlen(match->allow), n = strlen(method);
    if (used + n + 3 > sizeof match->allow)
        return;
    if (used) {
        memcpy(match->allow + used, ", ", 2);
        used += 2;
    }
    memcpy(match->allow + used, method, n + 1);
}

void chip_router_match(const struct chip_router *router, const char *method,
                       const struct chip_target *target, struct chip_match *match)
{
    *match = (struct chip_match){0};
    const char *wanted = strcmp(method, "HEAD") == 0 ? "GET" : method;
    bool own_head = false; /* a route for HEAD itself, as uploads have */
    const struct pattern *first = NULL;

    for (size_t i = 0; i < router->n; i++) {
        const struct pattern *p = &router->patterns[i];
        if (!path_matches(p, target))
            continue;
        if (first && compare_paths(first, p) != 0)
            break; /* less literal than what matches already */
        first = p;
        match->path_known = true;
        match->rest = p->rest;
        bool exact = strcmp(p->route->method, method) == 0;
        if (!own_head && (exact || strcmp(p->route->method, wanted) == 0)) {
            match->route = p->route;
            match->number = i;
            take_params(p, target, match);
            own_head = exact;
        }
        allow(match, p->route->method);
        if (strcmp(p->route->method, "GET") == 0)
            allow(match, "HEAD");
    }
    if (match->path_known && !strstr(match->allow, "OPTIONS"))
        allow(match, "OPTIONS");
}
