/**
 * Command-line options: how they are described, and the parser that reads them.
 *
 * One struct chip_command describes a command completely; the parser, `chip help`, the man page and
 * the shell completions all read it. Spelling is forgiving where it cannot be misread: dashes and
 * underscores are the same, `--name value` and `--name=value` too, and options may follow operands.
 * Any thread; nothing here keeps state.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>

#include "base/err.h"

enum chip_opt_kind {
    CHIP_OPT_FLAG,   /* no value; "--flag=false" and WhisperX's "--flag True" are understood */
    CHIP_OPT_TEXT,   /* any text */
    CHIP_OPT_DIR,    /* any text; completed as a folder */
    CHIP_OPT_FILE,   /* any text; completed as a file */
    CHIP_OPT_NUMBER, /* an integer in min..max */
    CHIP_OPT_CHOICE, /* one of choices */
    CHIP_OPT_SET,    /* a comma list of choices; giving the option again adds to it */
};

struct chip_opt {
    const char *name; /* "output-dir" */
    char letter;      /* 'o'; 0: none */
    enum chip_opt_kind kind;
    const char *value;          /* what help calls the value: "DIR"; NULL for flags */
    const char *const *choices; /* ends with NULL; CHOICE and SET. TEXT: completions only */
    long min, max;              /* NUMBER */
    /**
     * Other spellings, separated by blanks, with their dashes; "=value" after one makes it a flag
     * that stands for that value: "--output-format -osrt=srt". NULL: none
     */
    const char *aliases;
    const char *env;  /* read when the option is not given; NULL: none */
    const char *help; /* a phrase, lower case, no full stop */
};

/** An option that people know from elsewhere and that chip does not have, and why. */
struct chip_foreign {
    const char *names; /* separated by blanks, with their dashes */
    const char *why;
};

struct chip_example {
    const char *command, *says;
};

/** A command of a command ("chip models pull"); for documentation. */
struct chip_subcommand {
    const char *name, *operands, *summary;
};

struct chip_command {
    const char *name;                          /* "transcribe" */
    const char *operands;                      /* "FILE..."; "" none */
    const char *summary;                       /* a phrase for the list of commands */
    const char *about;                         /* paragraphs, separated by empty lines; unwrapped */
    const struct chip_example *examples;       /* ends with a NULL command */
    const struct chip_subcommand *subcommands; /* ends with a NULL name; NULL: none */
    const struct chip_opt *opts;
    size_t n_opts;                      /* <= CHIP_OPTS_MAX */
    const struct chip_foreign *foreign; /* ends with NULL names; NULL: none */
    const char *const *words;           /* operands to choose from, for completions; or NULL */
    bool takes_files;                   /* operands are files */
};

#define CHIP_OPTS_MAX 32

struct chip_opt_value {
    bool is_set;      /* given, or taken from the environment */
    const char *text; /* as given; borrowed from argv or the environment; NULL for flags */
    long number;      /* NUMBER; FLAG: 0 or 1; CHOICE: index into choices */
    unsigned set;     /* SET: bit i for choices[i] */
};

struct chip_parsed {
    struct chip_opt_value values[CHIP_OPTS_MAX]; /* in the order of the command's opts */
    char **operands;                             /* [n_operands], inside argv */
    int n_operands;
    bool wants_help; /* --help was given; nothing after it was read */
};

/**
 * Reads the arguments of a command.
 *
 * @param argv [argc] and a NULL; argv[0] is the command's name; reordered: operands come first
 * @param out  values of options that were not given are zero
 * @return CHIP_OK, or CHIP_E_INVAL with a message that names the option and helps: the nearest name
 *         for an unknown one, the choices for a wrong value
 */
CHIP_MUST_CHECK
enum chip_status chip_opts_parse(const struct chip_command *command, int argc, char **argv,
                                 struct chip_parsed *out, struct chip_err *err);

/** Copies the next blank-separated word of *list into word and moves on. @return false at the end
 */
bool chip_opts_next_word(const char **list, char *word, size_t size);
