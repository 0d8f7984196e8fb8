#include "../../folder.h"

#include <math.h>
#include <sys/stat.h>

#include "speech/diarize/profiles.h"
#include "speech/diarize/rotation.h"

enum { TODAY = 20781 };

static unsigned seed;

static float random_unit(void) /* -1..1 */
{
    seed = seed * 1664525u + 1013904223u;
    return (float)(seed >> 8) / 8388608.0f - 1.0f;
}

/* A voice of its own for each number; two of them have a cosine near 0. */
static void make_voice(unsigned number, float *voice)
{
    seed = number * 7919 + 1;
    for (size_t i = 0; i < CHIP_VOICE_DIM; i++)
        voice[i] = random_unit();
}

/* The same voice another day: `much` of something else in it. */
static void make_similar(unsigned number, float much, float *voice)
{
    float other[CHIP_VOICE_DIM];
    make_voice(number, voice);
    make_voice(number + 5000, other);
    for (size_t i = 0; i < CHIP_VOICE_DIM; i++)
        voice[i] += much * other[i];
}

static float cosine(const float *a, const float *b)
{
    double ab = 0.0, aa = 0.0, bb = 0.0;
    for (size_t i = 0; i < CHIP_VOICE_DIM; i++) {
        ab += (double)(a[i] * b[i]);
        aa += (double)(a[i] * a[i]);
        bb += (double)(b[i] * b[i]);
    }
    return (float)(ab / sqrt(aa * bb));
}

static struct chip_profile profile_of(const char *name, unsigned voice)
{
    struct chip_profile p = {.seconds = 12.5, .added = TODAY, .expires = TODAY + 365};
    snprintf(p.name, sizeof p.name, "%s", name);
    snprintf(p.consent, sizeof p.consent, "asked on the phone");
    make_voice(voice, p.voice);
    return p;
}

static struct chip_profiles *open_all(void)
{
    struct chip_profiles *p;
    struct chip_err err;
    if (chip_profiles_open(&p, "voices", &err) != CHIP_OK)
        fail_msg("%s", err.message);
    return p;
}

static void add(struct chip_profiles *p, const char *name, unsigned voice)
{
    struct chip_profile profile = profile_of(name, voice);
    assert_int_equal(chip_profiles_add(p, &profile, NULL), CHIP_OK);
}

/* ---- rotation ---- */

static void a_rotation_keeps_cosines_and_lengths(void **state)
{
    (void)state;
    struct chip_rotation r;
    assert_int_equal(chip_rotation_init(&r, "secret", 6, NULL), CHIP_OK);
    for (unsigned i = 0; i < 20; i++) {
        float a[CHIP_VOICE_DIM], b[CHIP_VOICE_DIM];
        make_voice(i, a);
        make_similar(i, 0.1f * (float)i, b);
        float before = cosine(a, b), plain[CHIP_VOICE_DIM];
        memcpy(plain, a, sizeof a);
        chip_rotation_apply(&r, a);
        chip_rotation_apply(&r, b);
        assert_float_equal(cosine(a, b), before, 1e-5);
        assert_true(fabsf(cosine(a, plain)) < 0.4f);
    }
}

static void rotations_of_other_keys_have_nothing_in_common(void **state)
{
    (void)state;
    struct chip_rotation r, other, same;
    assert_int_equal(chip_rotation_init(&r, "secret", 6, NULL), CHIP_OK);
    assert_int_equal(chip_rotation_init(&same, "secret", 6, NULL), CHIP_OK);
    assert_int_equal(chip_rotation_init(&other, "secreu", 6, NULL), CHIP_OK);
    assert_memory_equal(&r, &same, sizeof r);
    float worst = 0.0f;
    for (unsigned i = 0; i < 50; i++) {
        float a[CHIP_VOICE_DIM], b[CHIP_VOICE_DIM];
        make_voice(i, a);
        make_voice(i, b);
        chip_rotation_apply(&r, a);
        chip_rotation_apply(&other, b);
        worst = fmaxf(worst, fabsf(cosine(a, b)));
    }
    assert_true(worst < 0.4f);
}

/* ---- the set ---- */

static void nothing_is_stored_unless_somebody_adds_it(void **state)
{
    (void)state;
    struct chip_profiles *p = open_all();
    size_t n;
    chip_profiles_list(p, &n);
    assert_int_equal(n, 0);
    assert_int_equal(count_entries("."), 0);
    chip_profiles_free(p);
}

static void what_is_added_is_there_the_next_time(void **state)
{
    (void)state;
    struct chip_profiles *p = open_all();
    add(p, "Bo", 2);
    add(p, "Ann", 1);
    add(p, "Bo", 3); /* replaces */
    chip_profiles_free(p);

    p = open_all();
    size_t n;
    const struct chip_profile *list = chip_profiles_list(p, &n);
    assert_int_equal(n, 2);
    assert_string_equal(list[0].name, "Ann");
    assert_string_equal(list[1].name, "Bo");
    assert_string_equal(list[1].consent, "asked on the phone");
    assert_int_equal(list[1].added, TODAY);
    assert_int_equal(list[1].expires, TODAY + 365);
    float bo[1][CHIP_VOICE_DIM];
    make_voice(3, bo[0]);
    struct chip_profile_match match;
    chip_profiles_match(p, (const float(*)[CHIP_VOICE_DIM])bo, 1, TODAY, &match);
    assert_string_equal(match.profile->name, "Bo");
    assert_true(match.similarity > 0.99f);
    chip_profiles_free(p);
}

static void files_are_for_their_owner_only_and_do_not_hold_the_voice(void **state)
{
    (void)state;
    struct chip_profiles *p = open_all();
    add(p, "Ann", 1);
    size_t n;
    float ann[CHIP_VOICE_DIM];
    make_voice(1, ann);
    assert_true(fabsf(cosine(chip_profiles_list(p, &n)->voice, ann)) < 0.4f);
    chip_profiles_free(p);
    static const char *const files[] = {"voices/voices.json", "voices/voices.key"};
    for (size_t i = 0; i < 2; i++) {
        struct stat info;
        assert_int_equal(stat(files[i], &info), 0);
        assert_int_equal(info.st_mode & 0777, 0600);
    }
}

static void what_is_removed_is_gone(void **state)
{
    (void)state;
    struct chip_profiles *p = open_all();
    add(p, "Ann", 1);
    add(p, "Bo", 2);
    assert_int_equal(chip_profiles_remove(p, "Ann", NULL), CHIP_OK);
    struct chip_err err;
    assert_int_equal(chip_profiles_remove(p, "Ann", &err), CHIP_E_NOT_FOUND);
    assert_non_null(strstr(err.message, "'Ann'"));
    chip_profiles_free(p);
    assert_null(strstr(get("voices/voices.json"), "Ann"));
    assert_non_null(strstr(get("voices/voices.json"), "Bo"));
}

static void a_new_key_makes_copies_of_old_files_worthless(void **state)
{
    (void)state;
    struct chip_profiles *p = open_all();
    add(p, "Ann", 1);
    assert_int_equal(system("cp voices/voices.json copy"), 0);
    assert_int_equal(chip_profiles_revoke(p, NULL), CHIP_OK);
    chip_profiles_free(p);
    assert_int_equal(system("cp copy voices/voices.json"), 0);

    p = open_all();
    float ann[1][CHIP_VOICE_DIM];
    make_voice(1, ann[0]);
    struct chip_profile_match match;
    chip_profiles_match(p, (const float(*)[CHIP_VOICE_DIM])ann, 1, TODAY, &match);
    assert_null(match.profile);
    chip_profiles_free(p);
}

static void damaged_files_are_refused_with_the_place(void **state)
{
    (void)state;
    static const struct {
        const char *change, *says;
    } damages[] = {
        {"sed -i s/voices.1/voices.9/ voices/voices.json", "no file of voices"},
        {"sed -i 's/\"added\": \"2/\"added\": \"x/' voices/voices.json", "voices[0].added"},
        {"sed -i 's/\"voice\": \"./\"voice\": \"/' voices/voices.json", "voices[0].voice"},
        {"sed -i 's/\"name\": \"Ann\"/\"name\": \"\"/' voices/voices.json", "voices[0].name"},
        {"echo '{' > voices/voices.json", "line"},
        {"rm voices/voices.key", "voices.key' is missing"},
        {"echo short > voices/voices.key", "voices.key' is damaged"},
    };
    for (size_t i = 0; i < sizeof damages / sizeof damages[0]; i++) {
        struct chip_profiles *p = open_all();
        struct chip_err err;
        add(p, "Ann", 1);
        chip_profiles_free(p);
        assert_int_equal(system(damages[i].change), 0);
        enum chip_status s = chip_profiles_open(&p, "voices", &err);
        assert_true(s == CHIP_E_FORMAT || s == CHIP_E_NOT_FOUND);
        if (!strstr(err.message, damages[i].says))
            fail_msg("%s: %s", damages[i].change, err.message);
        assert_int_equal(system("rm -r voices"), 0);
    }
}

static void a_voice_that_is_none_is_refused(void **state)
{
    (void)state;
    struct chip_profiles *p = open_all();
    struct chip_profile profile = profile_of("", 1);
    assert_int_equal(chip_profiles_add(p, &profile, NULL), CHIP_E_INVAL);
    profile = profile_of("Ann", 1);
    memset(profile.voice, 0, sizeof profile.voice);
    assert_int_equal(chip_profiles_add(p, &profile, NULL), CHIP_E_INVAL);
    profile.voice[3] = NAN;
    assert_int_equal(chip_profiles_add(p, &profile, NULL), CHIP_E_INVAL);
    assert_int_equal(count_entries("."), 0);
    chip_profiles_free(p);
}

/* ---- recognition ---- */

struct expected {
    const char *name; /* NULL: nobody */
};

static void check(struct chip_profiles *p, float (*voices)[CHIP_VOICE_DIM], size_t n, int32_t today,
                  const struct expected *want)
{
    struct chip_profile_match match[8];
    chip_profiles_match(p, (const float(*)[CHIP_VOICE_DIM])voices, n, today, match);
    for (size_t i = 0; i < n; i++) {
        if (want[i].name)
            assert_string_equal(match[i].profile ? match[i].profile->name : "nobody", want[i].name);
        else
            assert_null(match[i].profile);
    }
}

static void known_voices_are_suggested_and_unknown_ones_stay_unknown(void **state)
{
    (void)state;
    struct chip_profiles *p = open_all();
    add(p, "Ann", 1);
    add(p, "Bo", 2);
    float voices[3][CHIP_VOICE_DIM];
    make_similar(2, 0.5f, voices[0]);
    make_voice(77, voices[1]);
    make_similar(1, 0.8f, voices[2]);
    check(p, voices, 3, TODAY, (const struct expected[]){{"Bo"}, {NULL}, {"Ann"}});
    chip_profiles_free(p);
}

static void an_unlike_voice_is_not_named_even_if_it_is_the_nearest(void **state)
{
    (void)state;
    struct chip_profiles *p = open_all();
    add(p, "Ann", 1);
    float voices[1][CHIP_VOICE_DIM];
    make_similar(1, 2.5f, voices[0]); /* cosine about 0.37 */
    check(p, voices, 1, TODAY, (const struct expected[]){{NULL}});
    chip_profiles_free(p);
}

static void two_speakers_that_both_resemble_a_profile_are_not_named(void **state)
{
    (void)state;
    struct chip_profiles *p = open_all();
    add(p, "Ann", 1);
    float voices[2][CHIP_VOICE_DIM];
    make_similar(1, 0.50f, voices[0]);
    make_similar(1, 0.52f, voices[1]);
    check(p, voices, 2, TODAY, (const struct expected[]){{NULL}, {NULL}});
    chip_profiles_free(p);
}

static void a_speaker_between_two_profiles_is_not_named(void **state)
{
    (void)state;
    struct chip_profiles *p = open_all();
    add(p, "Ann", 1);
    add(p, "Anna", 1);
    float voices[1][CHIP_VOICE_DIM];
    make_voice(1, voices[0]);
    check(p, voices, 1, TODAY, (const struct expected[]){{NULL}});
    chip_profiles_free(p);
}

static void an_expired_profile_is_not_used(void **state)
{
    (void)state;
    struct chip_profiles *p = open_all();
    add(p, "Ann", 1);
    float voices[1][CHIP_VOICE_DIM];
    make_voice(1, voices[0]);
    check(p, voices, 1, TODAY + 364, (const struct expected[]){{"Ann"}});
    check(p, voices, 1, TODAY + 365, (const struct expected[]){{NULL}});
    chip_profiles_free(p);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_rotation_keeps_cosines_and_lengths),
        cmocka_unit_test(rotations_of_other_keys_have_nothing_in_common),
        IN_FOLDER(nothing_is_stored_unless_somebody_adds_it),
        IN_FOLDER(what_is_added_is_there_the_next_time),
        IN_FOLDER(files_are_for_their_owner_only_and_do_not_hold_the_voice),
        IN_FOLDER(what_is_removed_is_gone),
        IN_FOLDER(a_new_key_makes_copies_of_old_files_worthless),
        IN_FOLDER(damaged_files_are_refused_with_the_place),
        IN_FOLDER(a_voice_that_is_none_is_refused),
        IN_FOLDER(known_voices_are_suggested_and_unknown_ones_stay_unknown),
        IN_FOLDER(an_unlike_voice_is_not_named_even_if_it_is_the_nearest),
        IN_FOLDER(two_speakers_that_both_resemble_a_profile_are_not_named),
        IN_FOLDER(a_speaker_between_two_profiles_is_not_named),
        IN_FOLDER(an_expired_profile_is_not_used),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
