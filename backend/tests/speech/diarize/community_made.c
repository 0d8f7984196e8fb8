#include "../../test.h"

#include "community_made.h"

#include <sys/wait.h>
#include <unistd.h>

#include "../given.h"

static char dir[64], model[128];
static struct chip_safetensors *arrays;

static void clean_up(void)
{
    char command[128];
    chip_safetensors_close(arrays);
    snprintf(command, sizeof command, "rm -rf '%s'", dir);
    if (system(command) != 0)
        print_message("cannot remove %s\n", dir);
}

static void make(void)
{
    enum { NO_TORCH = 77, NO_PYTHON = 127 };
    char command[1200], path[128];
    snprintf(dir, sizeof dir, "/tmp/chip-test-XXXXXX");
    assert_non_null(mkdtemp(dir));
    atexit(clean_up);
    snprintf(command, sizeof command,
             "/usr/bin/python3 '%s/backend/tests/speech/diarize/community.py' networks '%s'",
             given_root(), dir);
    const int status = system(command);
    if (WEXITSTATUS(status) == NO_TORCH || WEXITSTATUS(status) == NO_PYTHON) {
        print_message("skipped: Debian's python3-torch is not here\n");
        skip();
    }
    assert_int_equal(status, 0);
    snprintf(model, sizeof model, "%s/model.safetensors", dir);
    snprintf(path, sizeof path, "%s/test.safetensors", dir);
    assert_int_equal(chip_safetensors_open(&arrays, path, NULL), CHIP_OK);
}

const char *made_community_model(void)
{
    if (!arrays)
        make();
    return model;
}

const char *made_community_folder(void)
{
    made_community_model();
    return dir;
}

const float *made_community_array(const char *name, size_t n)
{
    made_community_model();
    const struct chip_tensor *t = chip_safetensors_find(arrays, name);
    assert_non_null(t);
    assert_int_equal(t->bytes, n * sizeof(float));
    return t->data;
}
