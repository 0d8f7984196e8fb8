#include "database.h"

#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

enum { LINE = 512 };

/* A program that answers lines with lines. */
struct child {
    pid_t pid;
    FILE *to, *from;
    char line[LINE];
};

struct test_database {
    struct child child;
};

struct test_supabase {
    struct child child;
    char url[LINE];
};

static void die(const char *what)
{
    perror(what);
    abort();
}

static void start(struct child *child, char *const argv[])
{
    int in[2], out[2];
    if (pipe2(in, O_CLOEXEC) || pipe2(out, O_CLOEXEC))
        die("pipe");
    child->pid = fork();
    if (child->pid < 0)
        die("fork");
    if (child->pid == 0) {
        dup2(in[0], STDIN_FILENO);
        dup2(out[1], STDOUT_FILENO);
        execvp(argv[0], argv);
        _exit(127);
    }
    close(in[0]);
    close(out[1]);
    child->to = fdopen(in[1], "w");
    child->from = fdopen(out[0], "r");
    signal(SIGPIPE, SIG_IGN);
}

static const char *read_line(struct child *child)
{
    if (!fgets(child->line, LINE, child->from)) {
        fprintf(stderr, "a helper of the test ended too early\n");
        abort();
    }
    child->line[strcspn(child->line, "\n")] = '\0';
    return child->line;
}

static void stop(struct child *child)
{
    fclose(child->to);
    waitpid(child->pid, NULL, 0);
    fclose(child->from);
}

struct test_database *test_database_start(void)
{
    struct test_database *database = calloc(1, sizeof *database);
    char *argv[] = {"python3", TEST_POSTGRES_PY, NULL};
    start(&database->child, argv);
    const char *first = read_line(&database->child);
    if (strncmp(first, "skip: ", 6) != 0)
        return database;
    fprintf(stderr, "%s\n", first);
    test_database_stop(database);
    return NULL;
}

void test_database_stop(struct test_database *database)
{
    if (!database)
        return;
    stop(&database->child);
    free(database);
}

const char *test_database_ask(struct test_database *database, const char *line)
{
    fprintf(database->child.to, "%s\n", line);
    fflush(database->child.to);
    return read_line(&database->child);
}

struct test_supabase *test_supabase_start(const char *database_url)
{
    struct test_supabase *supabase = calloc(1, sizeof *supabase);
    char *argv[] = {TEST_POSTGREST, (char *)database_url, TEST_JWT_SECRET, NULL};
    start(&supabase->child, argv);
    snprintf(supabase->url, LINE, "%s", read_line(&supabase->child));
    return supabase;
}

void test_supabase_stop(struct test_supabase *supabase)
{
    if (!supabase)
        return;
    stop(&supabase->child);
    free(supabase);
}

const char *test_supabase_url(const struct test_supabase *supabase)
{
    return supabase->url;
}
