#include "cli/interrupt.h"

#include <signal.h>
#include <unistd.h>

static volatile bool is_interrupted;
static volatile sig_atomic_t signal_number;

static void on_signal(int number)
{
    if (is_interrupted) {
        /* Whatever the bar has drawn stays; the shell's prompt gets its own line. */
        if (isatty(STDERR_FILENO) && write(STDERR_FILENO, "\n", 1) < 0)
            _exit(128 + number);
        _exit(128 + number);
    }
    signal_number = number;
    is_interrupted = true;
}

static void install(int number)
{
    struct sigaction old, action = {.sa_handler = on_signal, .sa_flags = SA_RESTART};
    sigemptyset(&action.sa_mask);
    if (sigaction(number, NULL, &old) == 0 && old.sa_handler != SIG_IGN)
        sigaction(number, &action, NULL);
}

void chip_interrupt_install(void)
{
    install(SIGINT);
    install(SIGTERM);
    signal(SIGPIPE, SIG_IGN);
}

const volatile bool *chip_interrupt_flag(void)
{
    return &is_interrupted;
}

int chip_interrupt_signal(void)
{
    return signal_number;
}
