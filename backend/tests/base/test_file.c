#include "../folder.h"

#include <sys/stat.h>

#include "base/file.h"

static void a_file_is_mapped_as_it_is(void **state)
{
    (void)state;
    struct chip_file file;
    put("a", "some bytes");
    assert_int_equal(chip_file_map(&file, "a", 10, NULL), CHIP_OK);
    assert_int_equal(file.size, 10);
    assert_memory_equal(file.data, "some bytes", 10);
    chip_file_unmap(&file);
    put("empty", "");
    assert_int_equal(chip_file_map(&file, "empty", 10, NULL), CHIP_OK);
    assert_int_equal(file.size, 0);
    chip_file_unmap(&file);
}

static void what_cannot_be_mapped_is_named(void **state)
{
    (void)state;
    struct chip_file file;
    struct chip_err err;
    put("a", "some bytes");
    assert_int_equal(chip_file_map(&file, "a", 9, &err), CHIP_E_LIMIT);
    assert_non_null(strstr(err.message, "'a' is larger than 9 bytes"));
    assert_int_equal(chip_file_map(&file, "none", 9, &err), CHIP_E_NOT_FOUND);
    assert_int_equal(chip_file_map(&file, ".", 9, &err), CHIP_E_FORMAT);
    assert_int_equal(mkfifo("pipe", 0600), 0);
    assert_int_equal(chip_file_map(&file, "pipe", 9, &err), CHIP_E_FORMAT);
}

static void a_failed_write_leaves_the_old_file_and_no_rubbish(void **state)
{
    (void)state;
    struct chip_err err;
    assert_int_equal(mkdir("a.txt", 0777), 0); /* a rename onto a folder fails */
    assert_int_equal(chip_file_replace("a.txt", "new", 3, &err), CHIP_E_IO);
    assert_non_null(strstr(err.message, "a.txt"));
    assert_int_equal(count_entries("."), 1);
    assert_int_equal(chip_file_replace("no/such/a.txt", "new", 3, &err), CHIP_E_IO);
    assert_non_null(strstr(err.message, "No such file"));
}

static void new_files_obey_the_umask(void **state)
{
    (void)state;
    struct stat info;
    mode_t old = umask(077);
    assert_int_equal(chip_file_replace("secret.txt", "x", 1, NULL), CHIP_OK);
    umask(old);
    assert_int_equal(stat("secret.txt", &info), 0);
    assert_int_equal(info.st_mode & 0777, 0600);
}

static void names_up_to_the_longest_can_be_written(void **state)
{
    (void)state;
    char name[256];
    memset(name, 'n', 255);
    name[255] = '\0';
    assert_int_equal(chip_file_replace(name, "x", 1, NULL), CHIP_OK);
    assert_string_equal(get(name), "x");
}

static void a_symbolic_link_is_replaced_not_followed(void **state)
{
    (void)state;
    struct stat info;
    put("precious", "keep");
    assert_int_equal(symlink("precious", "a.txt"), 0);
    assert_int_equal(chip_file_replace("a.txt", "new", 3, NULL), CHIP_OK);
    assert_string_equal(get("precious"), "keep");
    assert_int_equal(lstat("a.txt", &info), 0);
    assert_true(S_ISREG(info.st_mode));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        IN_FOLDER(a_file_is_mapped_as_it_is),
        IN_FOLDER(what_cannot_be_mapped_is_named),
        IN_FOLDER(a_failed_write_leaves_the_old_file_and_no_rubbish),
        IN_FOLDER(new_files_obey_the_umask),
        IN_FOLDER(names_up_to_the_longest_can_be_written),
        IN_FOLDER(a_symbolic_link_is_replaced_not_followed),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
