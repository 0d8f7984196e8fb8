/*
 * Metrics of the sample meeting's truth, in which everything is known exactly.
 * usage: test_sample_metrics SPEAK FOLDER
 */

#include "../meeting/metrics_talk.h"

#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

static const char *const people[] = {"Dana", "Miguel", "Tom", "Alan"};
enum { N_PEOPLE = 4 };

static char **arguments;
static char out_dir[] = "/tmp/chip-test-metrics-XXXXXX";

/* What the files say, counted here without any of the program's code. */
struct truth {
    double talk_s[N_PEOPLE];
    int words[N_PEOPLE], questions[N_PEOPLE];
    struct talk *talk;
};

static int who(const char *name)
{
    for (int i = 0; i < N_PEOPLE; i++)
        if (strcmp(people[i], name) == 0)
            return i;
    fail_msg("nobody is called %s", name);
    return -1;
}

static FILE *open_out(const char *name)
{
    char path[128];
    snprintf(path, sizeof path, "%s/%s", out_dir, name);
    FILE *file = fopen(path, "r");
    if (!file)
        fail_msg("%s is missing", path);
    return file;
}

static void read_turns(struct truth *truth)
{
    FILE *file = open_out("turns.rttm");
    double start, seconds;
    char name[16];
    while (fscanf(file, "SPEAKER %*s %*s %lf %lf %*s %*s %15s %*s %*s\n", &start, &seconds, name) ==
           3) {
        truth->talk_s[who(name)] += seconds;
        talk_say(truth->talk, who(name), llround(start * 1000), llround((start + seconds) * 1000),
                 "");
    }
    assert_true(feof(file));
    fclose(file);
}

static void read_words(struct truth *truth)
{
    FILE *file = open_out("words.tsv");
    char name[16], word[24];
    long long start, end;
    assert_int_equal(fscanf(file, "%*[^\n]\n"), 0);
    while (fscanf(file, "%15s %23s %lld %lld %*s\n", name, word, &start, &end) == 4) {
        truth->words[who(name)]++;
        truth->questions[who(name)] += strchr(word, '?') != NULL;
        talk_words(truth->talk, who(name), start, end, word);
    }
    assert_true(feof(file));
    fclose(file);
}

static int speak(void **state)
{
    extern char **environ;
    static struct truth truth;
    pid_t pid;
    int status = -1;
    if (!mkdtemp(out_dir))
        return -1;
    char *argv[] = {arguments[1], arguments[2], out_dir, NULL};
    if (posix_spawn(&pid, argv[0], NULL, NULL, argv, environ) != 0 ||
        waitpid(pid, &status, 0) != pid || status != 0)
        return -1;
    truth.talk = talk_new(N_PEOPLE, 0);
    read_turns(&truth);
    read_words(&truth);
    truth.talk->t.duration_ms = truth.talk->turns[truth.talk->t.n_turns - 1].end_ms + 700;
    *state = &truth;
    return 0;
}

static int clean_up(void **state)
{
    static const char *const files[] = {"meeting.wav", "words.tsv", "turns.rttm", "transcript.txt"};
    struct truth *truth = *state;
    for (size_t i = 0; i < sizeof files / sizeof files[0]; i++) {
        char path[128];
        snprintf(path, sizeof path, "%s/%s", out_dir, files[i]);
        unlink(path);
    }
    if (truth)
        free(truth->talk);
    return rmdir(out_dir);
}

static void talk_time_is_within_a_thousandth(void **state)
{
    const struct truth *truth = *state;
    struct chip_metrics *m = talk_measure(truth->talk, NULL);
    double all = 0, share = 0;
    for (int s = 0; s < N_PEOPLE; s++)
        all += truth->talk_s[s];
    assert_true(all > 200);
    for (int s = 0; s < N_PEOPLE; s++) {
        const struct chip_measure *time = measure_of(m, s, CHIP_METRIC_TALK_TIME);
        if (fabs(time->value - truth->talk_s[s]) > truth->talk_s[s] / 1000)
            fail_msg("%s talks for %g s, not %g", people[s], truth->talk_s[s], time->value);
        share += measure_of(m, s, CHIP_METRIC_TALK_SHARE)->value;
    }
    assert_true(fabs(share - 1) < 1e-12);
    assert_int_equal(m->n_warnings, 0);
    chip_metrics_free(m);
}

static void pace_and_questions_are_those_of_the_script(void **state)
{
    const struct truth *truth = *state;
    struct chip_metrics *m = talk_measure(truth->talk, NULL);
    double hours = (double)truth->talk->t.duration_ms / 3600000;
    int questions = 0;
    for (int s = 0; s < N_PEOPLE; s++) {
        double pace = truth->words[s] * 60 / truth->talk_s[s];
        assert_true(fabs(measure_of(m, s, CHIP_METRIC_PACE)->value - pace) < pace / 1000);
        assert_value(m, s, CHIP_METRIC_QUESTION_RATE, truth->questions[s] / hours);
        questions += truth->questions[s];
    }
    assert_true(questions > 5);
    assert_value(m, MEETING, CHIP_METRIC_QUESTION_RATE, questions / hours);
    chip_metrics_free(m);
}

/* In the script nobody cuts in: the longest overlap is 0.3 s, before a short line. */
static void nobody_interrupts(void **state)
{
    const struct truth *truth = *state;
    struct chip_metrics *m =
        talk_measure(truth->talk, &(struct chip_metrics_options){.overlap_modelled = true});
    assert_value(m, MEETING, CHIP_METRIC_INTERRUPTIONS_GIVEN, 0);
    assert_true(measure_of(m, MEETING, CHIP_METRIC_OVERLAP_SHARE)->value < 0.005);
    chip_metrics_free(m);
}

int main(int argc, char **argv)
{
    if (argc != 3) {
        fputs("usage: test_sample_metrics SPEAK FOLDER\n", stderr);
        return 1;
    }
    arguments = argv;
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(talk_time_is_within_a_thousandth),
        cmocka_unit_test(pace_and_questions_are_those_of_the_script),
        cmocka_unit_test(nobody_interrupts),
    };
    return cmocka_run_group_tests(tests, speak, clean_up);
}
