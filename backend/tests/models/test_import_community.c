/* Import of community-1, from files that PyTorch and NumPy wrote with random numbers. */
#include "../test.h"

#include <math.h>
#include <sys/wait.h>

#include "models/import_community.h"
#include "models/install.h"
#include "models/torch_file.h"
#include "nn/safetensors.h"
#include "temp.h"

static char made[64]; /* the folder of the files */

static int make_files(void **state)
{
    (void)state;
    char command[1024];
    strcpy(made, "/tmp/chip-community-XXXXXX");
    if (!mkdtemp(made))
        return -1;
    snprintf(command, sizeof command,
             "/usr/bin/python3 '%s/backend/tests/speech/diarize/community.py' files '%s'",
             CHIP_SOURCE_ROOT, made);
    const int status = WEXITSTATUS(system(command));
    if (status == 0)
        return 0;
    made[0] = '\0';
    return status == 77 || status == 127 ? 0 : -1;
}

static int delete_files(void **state)
{
    (void)state;
    char command[128];
    snprintf(command, sizeof command, "rm -rf '%s'", made);
    return *made ? system(command) : 0;
}

/* The path of one of them; skips without torch. */
static const char *file(const char *name)
{
    static char paths[8][256];
    static unsigned next;
    if (!*made) {
        print_message("skipped: Debian's python3-torch is not here\n");
        skip();
    }
    char *path = paths[next++ % 8];
    snprintf(path, sizeof paths[0], "%s/%s", made, name);
    return path;
}

static struct chip_community_files all_files(void)
{
    return (struct chip_community_files){file("segmentation.bin"), file("embedding.bin"),
                                         file("xvec_transform.npz"), file("plda.npz")};
}

/* ---- what is right ---- */

static void assert_same(const struct chip_safetensors *a, const struct chip_safetensors *b)
{
    for (size_t i = 0; i < chip_safetensors_count(a); i++) {
        const struct chip_tensor *x = chip_safetensors_at(a, i);
        const struct chip_tensor *y = chip_safetensors_find(b, x->name);
        if (!y || x->rank != y->rank || x->bytes != y->bytes || memcmp(x->data, y->data, x->bytes))
            fail_msg("tensor '%s' is missing or different", x->name);
    }
}

static void every_tensor_arrives_as_it_was(void **state)
{
    (void)state;
    const struct chip_community_files files = all_files();
    struct chip_err err = {0};
    if (chip_import_community(&files, temp, &err) != CHIP_OK)
        fail_msg("%s", err.message);
    struct chip_safetensors *got, *want;
    assert_int_equal(chip_safetensors_open(&got, temp_path("model.safetensors"), NULL), CHIP_OK);
    assert_int_equal(chip_safetensors_open(&want, file("model.safetensors"), NULL), CHIP_OK);
    assert_same(got, want);
    assert_int_equal(chip_safetensors_count(got), chip_safetensors_count(want));
    chip_safetensors_close(got);
    chip_safetensors_close(want);
}

static void the_catalogues_entry_needs_force_and_says_why(void **state)
{
    (void)state;
    struct chip_catalogue catalogue;
    struct chip_err err = {0};
    assert_int_equal(chip_catalogue_open(&catalogue, NULL, NULL), CHIP_OK);
    const struct chip_catalogue_model *model = chip_catalogue_find(&catalogue, "community-1");
    assert_non_null(model);
    (void)file("plda.npz");
    const char *folders[] = {made};
    assert_int_equal(chip_install_import(model, folders, 1, temp_path("models"), false, &err),
                     CHIP_E_CHECKSUM);
    assert_non_null(strstr(err.message, "no SHA-256"));
    const struct chip_pull pull = {0};
    assert_int_equal(chip_install_pull(model, &pull, temp_path("models"), &err), CHIP_E_CHECKSUM);
    assert_false(exists(temp_path("models/community-1")));
    if (chip_install_import(model, folders, 1, temp_path("models"), true, &err) != CHIP_OK)
        fail_msg("%s", err.message);
    assert_true(exists(temp_path("models/community-1/model.safetensors")));
    assert_true(exists(temp_path("models/community-1/manifest.json")));
    chip_catalogue_close(&catalogue);
}

/* ---- what is not ---- */

static void assert_refused(const struct chip_community_files *files, enum chip_status status,
                           const char *word)
{
    struct chip_err err = {0};
    const enum chip_status got = chip_import_community(files, temp, &err);
    if (got != status || !strstr(err.message, word))
        fail_msg("%d, '%s' instead of '%s'", got, err.message, word);
    assert_false(exists(temp_path("model.safetensors")));
}

static void other_files_are_refused_with_a_reason(void **state)
{
    (void)state;
    struct chip_community_files files = all_files();
    files.segmentation = file("foreign.bin");
    assert_refused(&files, CHIP_E_FORMAT, "low_hz_");
    files = all_files();
    files.embedding = files.segmentation;
    assert_refused(&files, CHIP_E_FORMAT, "resnet.conv1.weight");
    files = all_files();
    files.transform = files.plda;
    assert_refused(&files, CHIP_E_FORMAT, "'mean1' is missing");
    files.transform = file("compressed.npz");
    assert_refused(&files, CHIP_E_UNSUPPORTED, "compressed");
    files = all_files();
    files.segmentation = file("transposed.bin");
    assert_refused(&files, CHIP_E_UNSUPPORTED, "not row-major");
    files.segmentation = files.plda;
    assert_refused(&files, CHIP_E_FORMAT, "no file of torch.save()");
    files.segmentation = file("model.safetensors");
    assert_refused(&files, CHIP_E_FORMAT, "no zip archive");
    files.segmentation = file("nothing");
    assert_refused(&files, CHIP_E_NOT_FOUND, "nothing");
}

static void a_flipped_bit_is_seen(void **state)
{
    (void)state;
    size_t n;
    char *data = read_bytes(file("foreign.bin"), &n);
    struct chip_community_files files = all_files();
    for (size_t i = 0; i + 4 < n; i++) /* the ones of the tensor */
        if (!memcmp(data + i, "\x00\x00\x80\x3f", 4)) {
            data[i] ^= 1;
            break;
        }
    write_bytes(temp_path("flipped.bin"), data, n);
    files.segmentation = temp_path("flipped.bin");
    assert_refused(&files, CHIP_E_FORMAT, "CRC-32");
    free(data);
}

/* Under the sanitizers: no damage makes it read outside, run long or fail to notice. */
static void cut_or_overwritten_files_are_survived(void **state)
{
    (void)state;
    size_t n, refused = 0;
    char *data = read_bytes(file("foreign.bin"), &n);
    for (size_t cut = 0; cut < n; cut += 1 + cut / 50) {
        struct chip_tensors set = {0};
        write_bytes(temp_path("cut.bin"), data, cut);
        assert_int_not_equal(chip_torch_read(temp_path("cut.bin"), &set, NULL), CHIP_OK);
        chip_tensors_done(&set);
    }
    for (size_t i = 0; i < n; i++) {
        struct chip_tensors set = {0};
        const char was = data[i];
        data[i] = (char)(was ^ (1 << i % 8));
        write_bytes(temp_path("bad.bin"), data, n);
        refused += chip_torch_read(temp_path("bad.bin"), &set, NULL) != CHIP_OK;
        chip_tensors_done(&set);
        data[i] = was;
    }
    assert_true(refused > n / 4);
    free(data);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        IN_TEMP(every_tensor_arrives_as_it_was),
        IN_TEMP(the_catalogues_entry_needs_force_and_says_why),
        IN_TEMP(other_files_are_refused_with_a_reason),
        IN_TEMP(a_flipped_bit_is_seen),
        IN_TEMP(cut_or_overwritten_files_are_survived),
    };
    return cmocka_run_group_tests(tests, make_files, delete_files);
}
