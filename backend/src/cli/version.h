/** Which chip this is, and what it runs on. */
#pragma once

/** Prints `chip --version` on standard output. @return exit code */
int chip_version_print(void);
