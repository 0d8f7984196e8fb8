/*
 * Stands where gcloud or curl would: hands its name, its arguments and, where one of them says "-",
 * its standard input to the test ($FAKE is its socket), and does with standard output, standard
 * error and exit status what the test answers. A small program, since a deployment calls it a
 * hundred times.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

enum { BUFFER = 65536 };

static void send_all(int fd, const char *bytes, size_t n)
{
    while (n > 0) {
        ssize_t sent = write(fd, bytes, n);
        if (sent <= 0) {
            perror("relay");
            exit(125);
        }
        bytes += sent;
        n -= (size_t)sent;
    }
}

static int connect_to_test(void)
{
    struct sockaddr_un address = {.sun_family = AF_UNIX};
    const char *path = getenv("FAKE");
    int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    snprintf(address.sun_path, sizeof address.sun_path, "%s", path ? path : "");
    if (fd < 0 || connect(fd, (struct sockaddr *)&address, sizeof address) < 0) {
        perror("relay");
        exit(125);
    }
    return fd;
}

int main(int argc, char **argv)
{
    char buffer[BUFFER];
    int fd = connect_to_test();
    const char *name = strrchr(argv[0], '/');
    int reads = 0;
    snprintf(buffer, sizeof buffer, "%d\n%s", argc, name ? name + 1 : argv[0]);
    send_all(fd, buffer, strlen(buffer) + 1);
    for (int i = 1; i < argc; i++) {
        send_all(fd, argv[i], strlen(argv[i]) + 1);
        reads |= strcmp(argv[i], "-") == 0 || strcmp(argv[i], "--data-file=-") == 0;
    }
    for (ssize_t n; reads && (n = read(STDIN_FILENO, buffer, sizeof buffer)) > 0;)
        send_all(fd, buffer, (size_t)n);
    shutdown(fd, SHUT_WR);

    /* The answer: status, standard output, standard error, each ended by NUL. */
    size_t n_got = 0;
    for (ssize_t n; n_got < sizeof buffer - 1 &&
                    (n = read(fd, buffer + n_got, sizeof buffer - 1 - n_got)) > 0;)
        n_got += (size_t)n;
    buffer[n_got] = '\0';
    if (n_got < 3)
        return 125;
    const char *out = buffer + strlen(buffer) + 1, *err = out + strlen(out) + 1;
    send_all(STDOUT_FILENO, out, strlen(out));
    send_all(STDERR_FILENO, err, strlen(err));
    return atoi(buffer);
}
