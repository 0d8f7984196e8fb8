/**
 * Ctrl-C and SIGTERM: the first asks to stop, the second exits at once. SIGPIPE becomes EPIPE.
 *
 * Signals belong to the process, so this is the one piece of mutable global state in chip.
 */
#pragma once

#include <stdbool.h>

/** Installs the handlers. A signal that was ignored when we started (nohup) stays ignored. */
void chip_interrupt_install(void);

/** Becomes true with the first signal; for chip_options.cancel. */
const volatile bool *chip_interrupt_flag(void);

/** The signal that came, 0: none. */
int chip_interrupt_signal(void);
