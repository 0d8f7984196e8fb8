#include "../test.h"

#include <fcntl.h>
#include <libavutil/log.h>
#include <pthread.h>
#include <unistd.h>

#include "media/avlog.h"

/* Runs with stderr in a file. @return what was written there, in a static buffer */
static const char *stderr_of(void (*run)(void *), void *user)
{
    static char text[1024];
    char path[] = "/tmp/chip-avlog-XXXXXX";
    int fd = mkstemp(path), saved = dup(STDERR_FILENO);
    assert_true(fd >= 0 && saved >= 0);
    unlink(path);
    fflush(stderr);
    dup2(fd, STDERR_FILENO);
    run(user);
    fflush(stderr);
    dup2(saved, STDERR_FILENO);
    close(saved);
    ssize_t n = pread(fd, text, sizeof text - 1, 0);
    close(fd);
    text[n > 0 ? n : 0] = '\0';
    return text;
}

static void log_inside(void *user)
{
    struct chip_avlog *log = user;
    chip_avlog_enter(log);
    av_log(NULL, AV_LOG_WARNING, "a warning\n");
    av_log(NULL, AV_LOG_ERROR, "the first\n");
    av_log(NULL, AV_LOG_ERROR, "the \x1B[1m%s\n", "last");
    av_log(NULL, AV_LOG_INFO, "some news\n");
    chip_avlog_leave(log);
}

static void inside_the_last_error_is_kept_and_nothing_is_printed(void **state)
{
    (void)state;
    struct chip_avlog log = {0};
    assert_string_equal(stderr_of(log_inside, &log), "");
    assert_string_equal(log.text, "the ?[1mlast");
}

static void *log_error(void *user)
{
    av_log(NULL, AV_LOG_ERROR, "%s\n", (const char *)user);
    return NULL;
}

static void log_outside(void *user)
{
    struct chip_avlog *log = user;
    log_error("before");
    chip_avlog_enter(log);
    pthread_t other;
    assert_int_equal(pthread_create(&other, NULL, log_error, "on another thread"), 0);
    pthread_join(other, NULL);
    chip_avlog_leave(log);
    log_error("after");
}

static void outside_and_on_other_threads_messages_go_where_they_went(void **state)
{
    (void)state;
    struct chip_avlog log = {0};
    const char *printed = stderr_of(log_outside, &log);
    assert_non_null(strstr(printed, "before"));
    assert_non_null(strstr(printed, "on another thread"));
    assert_non_null(strstr(printed, "after"));
    assert_string_equal(log.text, "");
}

static void a_handle_inside_another_keeps_its_own_messages(void **state)
{
    (void)state;
    struct chip_avlog outer = {0}, inner = {0};
    chip_avlog_enter(&outer);
    chip_avlog_enter(&inner);
    log_error("inner");
    chip_avlog_leave(&inner);
    log_error("outer");
    chip_avlog_leave(&outer);
    assert_string_equal(inner.text, "inner");
    assert_string_equal(outer.text, "outer");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(inside_the_last_error_is_kept_and_nothing_is_printed),
        cmocka_unit_test(outside_and_on_other_threads_messages_go_where_they_went),
        cmocka_unit_test(a_handle_inside_another_keeps_its_own_messages),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
