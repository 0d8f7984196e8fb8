#include "../test.h"

#include <jansson.h>

#include "models/import_silero.h"
#include "nn/safetensors.h"
#include "temp.h"
#include "toy.h"

static enum chip_status import(const struct toy_silero_fault *fault, struct chip_err *err)
{
    toy_silero(temp_path("vad.onnx"), fault);
    return chip_import_silero(temp_path("vad.onnx"), temp, err);
}

static void weights_are_copied_as_they_are(void **state)
{
    (void)state;
    struct chip_err err = {0};
    struct chip_safetensors *st = NULL;
    if (import(NULL, &err) != CHIP_OK ||
        chip_safetensors_open(&st, temp_path("model.safetensors"), &err) != CHIP_OK)
        fail_msg("%s", err.message);
    assert_int_equal(chip_safetensors_count(st), 15);
    for (size_t i = 0; i < 15; i++) {
        const struct chip_tensor *t = chip_safetensors_at(st, i);
        assert_int_equal(t->dtype, CHIP_F32);
        for (size_t k = 0; k < t->bytes / 4; k++)
            assert_true(((const float *)t->data)[k] == toy_weight(t->name, k));
    }
    const struct chip_tensor *t;
    assert_int_equal(chip_safetensors_require(st, "decoder.rnn.weight_ih", CHIP_F32, 2,
                                              (const size_t[]){512, 128}, &t, NULL),
                     CHIP_OK);
    chip_safetensors_close(st);
}

static void the_config_describes_the_network(void **state)
{
    (void)state;
    assert_int_equal(import(NULL, NULL), CHIP_OK);
    json_t *config = json_load_file(temp_path("config.json"), 0, NULL);
    const char *type;
    int chunk, context, pad, hidden, strides[4];
    assert_int_equal(json_unpack(config, "{s:s, s:i, s:i, s:i, s:i, s:[i,i,i,i]}", "model_type",
                                 &type, "chunk_size", &chunk, "context_size", &context,
                                 "right_reflect_pad", &pad, "hidden_size", &hidden,
                                 "encoder_strides", &strides[0], &strides[1], &strides[2],
                                 &strides[3]),
                     0);
    assert_string_equal(type, "silero-vad");
    assert_int_equal(chunk, 512);
    assert_int_equal(context, 64);
    assert_int_equal(pad, 64);
    assert_int_equal(hidden, 128);
    assert_memory_equal(strides, ((const int[]){1, 2, 2, 1}), sizeof strides);
    json_decref(config);
}

static void another_network_is_refused(void **state)
{
    (void)state;
    struct chip_err err = {0};
    assert_int_equal(import(&(struct toy_silero_fault){.lacks_first = true}, &err), CHIP_E_FORMAT);
    assert_non_null(strstr(err.message, "stft.forward_basis_buffer"));
    assert_int_equal(import(&(struct toy_silero_fault){.is_8_khz = true}, &err), CHIP_E_FORMAT);
    assert_int_equal(import(&(struct toy_silero_fault){.stft_stride = 64}, &err),
                     CHIP_E_UNSUPPORTED);
    assert_non_null(strstr(err.message, "stft/Conv"));
    assert_false(exists(temp_path("model.safetensors")));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        IN_TEMP(weights_are_copied_as_they_are),
        IN_TEMP(the_config_describes_the_network),
        IN_TEMP(another_network_is_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
