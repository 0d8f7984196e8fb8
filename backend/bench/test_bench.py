#!/usr/bin/env python3
"""The benchmark's own sums, on cases that a hand can count."""
import argparse
import os
import sys
import tempfile
import unittest

sys.dont_write_bytecode = True
sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
import bench  # noqa: E402
import machine  # noqa: E402
from measures import der, minutes, speakers, speed, wer  # noqa: E402
from reference import Tokenizer, read_index  # noqa: E402
from rows import Budget, Row, markdown, significant, table  # noqa: E402


def times(**more):
    return Row('time', [3.0, 1.0, 2.0], 's', **more)


class Rows(unittest.TestCase):
    def test_median_and_best_depend_on_what_is_better(self):
        self.assertEqual((times().median, times().best), (2.0, 1.0))
        self.assertEqual((times(better='more').median, times(better='more').best), (2.0, 3.0))

    def test_the_median_is_judged_not_the_best(self):
        self.assertEqual(times(budget=Budget('<=', limit=1.5)).verdict, 'FAIL')
        self.assertEqual(times(budget=Budget('<=', limit=2)).verdict, 'pass')
        self.assertEqual(times(better='more', budget=Budget('>=', limit=2.5)).verdict, 'FAIL')

    def test_a_goal_alone_never_fails(self):
        row = times(budget=Budget('<=', goal=1))
        self.assertEqual((row.verdict, row.remark()), ('', 'not at the goal yet'))
        self.assertEqual(times(budget=Budget('<=', goal=2)).remark(), 'goal reached')

    def test_a_goal_beyond_a_limit_is_remarked_when_reached(self):
        self.assertEqual(times(budget=Budget('<=', limit=5, goal=2)).remark(),
                         'pass, goal reached')
        self.assertEqual(times(budget=Budget('<=', limit=5, goal=1)).remark(), 'pass')
        self.assertEqual(Budget('>=', limit=10, goal=20).text(), '>= 10, goal 20')
        self.assertEqual(Budget('<=', goal=20).text(), 'goal <= 20')

    def test_rows_survive_being_written_and_read(self):
        row = times(budget=Budget('>=', limit=1, goal=4), digits=1, note='why')
        self.assertEqual(Row.from_record(row.record()).cells(), row.cells())

    def test_numbers_show_three_figures(self):
        self.assertEqual([significant(x) for x in (0, 0.01234, 0.1234, 1.234, 12.34, 123.4)],
                         ['0', '0.0123', '0.123', '1.23', '12.3', '123'])

    def test_table_aligns_numbers_to_the_right(self):
        lines = table('title', [Row('a', 1.5, 's', digits=1), Row('long name', 10.5, 's', digits=1,
                                budget=Budget('<=', limit=11))]).split('\n')
        self.assertEqual(lines[0], 'title')
        self.assertEqual(lines[2].index('1.5 s') + 5, lines[3].index('10.5 s') + 6)
        self.assertTrue(lines[3].endswith('<= 11   pass'))

    def test_markdown_has_a_line_for_each_row(self):
        lines = markdown('title', [times(digits=0, budget=Budget('<=', limit=2))]).split('\n')
        self.assertEqual(lines[-1], '| time | 2 s | 1 s | <= 2 | pass |')


class Speed(unittest.TestCase):
    def test_common_share_counts_words_in_order_without_punctuation(self):
        self.assertEqual(speed.common_share('And so, my fellow.', 'and so my FELLOW'), 100.0)
        self.assertEqual(speed.common_share('a b c d', 'a x c d'), 75.0)
        self.assertEqual(speed.common_share('a b', 'a b c d'), 50.0)
        self.assertEqual(speed.common_share('', ''), 100.0)
        self.assertEqual(speed.common_share('', 'a'), 0.0)

    def test_ratio_counts_the_peers_network_and_all_of_chip(self):
        rounds = [{'chip': {'wall_s': 2.0}, 'peer': {'encoder_s': 10.0, 'decoder_s': 30.0}}]
        rows = {r.name: r for r in speed.against_peer('moonshine-base', rounds, 600.0, 99.0)}
        self.assertEqual(rows['times faster'].median, 20.0)
        self.assertEqual(rows['times faster'].remark(), 'pass, goal reached')

    def test_products_of_rounds_are_one_list(self):
        rounds = [{'products': [{'name': 'x', 'gmacs': [1.0, 2.0]}]},
                  {'products': [{'name': 'x', 'gmacs': [3.0]}]}]
        self.assertEqual(speed.merge_products(rounds), {'x': [1.0, 2.0, 3.0]})


    def test_rates_are_work_over_time_and_absent_without_work(self):
        part = {'int8': {'gmac': 8.0, 'seconds': 2.0}, 'wide': {'gmac': 0.0, 'seconds': 0.0}}
        rounds = [{'stages': {'encoder': part}}]
        self.assertEqual(speed.rates(rounds, 'encoder', 'int8'), [4.0])
        self.assertEqual(speed.rates(rounds, 'encoder', 'wide'), [])

    def test_share_of_the_peak_is_taken_from_its_best(self):
        nothing = {kind: {'gmac': 0.0, 'seconds': 0.0} for kind in speed.LAYERS}
        encoder = dict(nothing, int8={'gmac': 30.0, 'seconds': 1.0})
        rounds = [{'stages': {'encoder': encoder, 'decoder': nothing}}]
        rows = speed.product_rows(rounds, {'dnnl_gemm_u8s8s32': [40.0, 60.0]})
        self.assertEqual([r.median for r in rows], [30.0, 50.0])


class Wer(unittest.TestCase):
    def test_score_comes_from_the_counts(self):
        output = 'WER 6.94%  words 1081  sub 57  ins 6  del 12  utterances 56  with errors 32\n'
        self.assertAlmostEqual(wer.read_score(output), 100 * 75 / 1081)

    def test_output_without_counts_is_a_failure(self):
        with self.assertRaises(wer.Failure):
            wer.read_score('usage: ...')

    def test_pieces_of_a_recording_are_joined_in_order(self):
        index = [(0, 0, 5), (2, 0, 5), (2, 9, 5), (2, 20, 1)]
        self.assertEqual(wer.by_recording(index, ['a', 'b', 'c d', ''], 3), ['a', '', 'b c d'])

    def test_a_worse_word_error_rate_than_the_peers_fails_beyond_the_limit(self):
        verdicts = [[r.verdict for r in wer.table_rows({'chip': ours, 'peer': 6.9,
                                                        'chip-whole': 6.9, 'peer-whole': 6.9})]
                    for ours in (7.2, 7.1, 5.0)]
        self.assertEqual([v[2] for v in verdicts], ['FAIL', 'pass', 'pass'])


class Der(unittest.TestCase):
    OUTPUT = ('a\tDER 1.00%  miss 1.00%  false alarm 0.00%  confusion 0.00%  scored 5.00 s\n'
              'ALL\tDER 6.54%  miss 3.72%  false alarm 0.96%  confusion 1.87%  scored 790.69 s\n')

    def test_the_last_line_has_the_rates_of_all(self):
        self.assertEqual(der.read_score(self.OUTPUT), {
            'der': 6.54, 'miss': 3.72, 'false_alarm': 0.96, 'confusion': 1.87, 'scored_s': 790.69})
        with self.assertRaises(der.Failure):
            der.read_score('usage: ...')

    def test_files_are_joined_and_their_speakers_may_become_one(self):
        with tempfile.TemporaryDirectory() as folder:
            paths = [os.path.join(folder, name) for name in 'ab']
            for path, speaker in zip(paths, ('S1', 'S2')):
                with open(path, 'w', encoding='utf-8') as file:
                    file.write('SPEAKER %s 1 0.5 2 <NA> <NA> %s <NA> <NA>\n\n' % (path, speaker))
            joined = os.path.join(folder, 'joined')
            der.join(joined, paths)
            self.assertEqual([(f[1], f[7]) for f in der.read_rttm(joined)],
                             [(paths[0], 'S1'), (paths[1], 'S2')])
            der.join(joined, paths, der.as_one_speaker)
            self.assertEqual([f[7] for f in der.read_rttm(joined)], ['one', 'one'])

    def verdicts(self, rate, found, budget=der.GROUPS[0][2]):
        scored = dict.fromkeys(('der', 'miss', 'false_alarm', 'confusion', 'scored_s'), rate)
        result = {'collar': scored, 'exact': scored, 'one': scored, 'true_one': scored,
                  'recordings': [{'name': 'r', 'true': 4, 'found': n, 'collar': scored}
                                 for n in found]}
        return {r.name: r.verdict
                for r in der.table_rows('built conversations', budget, result) if r.budget}

    def test_a_rate_or_one_count_beyond_the_limit_fails(self):
        self.assertEqual(set(self.verdicts(5.0, [4, 4]).values()), {'pass'})
        self.assertEqual(self.verdicts(5.1, [4, 4])['DER, collar 0.25 s'], 'FAIL')
        self.assertEqual(self.verdicts(1.0, [4, 5])['speaker counts right'], 'FAIL')


class Speakers(unittest.TestCase):
    SAMPLE = {'found': 4, 'true': 4, 'words': 100, 'matched': 90, 'by_words_percent': 98.0,
              'by_time_percent': 98.0, 'talk_off_percent': {'Ann': 1.0, 'Ben': -2.9}}

    def failed(self, **more):
        return [r.name for r in speakers.sample_rows(dict(self.SAMPLE, **more))
                if r.verdict == 'FAIL']

    def test_a_wrong_count_word_share_or_talk_time_fails(self):
        self.assertEqual(self.failed(), [])
        self.assertEqual(self.failed(found=3), ['speakers found'])
        self.assertEqual(self.failed(found=5), ['speakers too many'])
        self.assertEqual(self.failed(by_words_percent=96.9), ['words with the right speaker'])
        self.assertEqual(self.failed(talk_off_percent={'Ann': 1.0, 'Ben': -3.1}),
                         ['talk time, furthest from truth'])

    def test_the_cost_is_the_difference_and_the_job_includes_the_metrics(self):
        def took(wall):
            return {'wall_s': wall, 'cpu_s': 2 * wall, 'peak_mib': 10 * wall}

        raw = {'rounds': [{'speakers': took(30.0), 'plain': took(24.0), 'metrics': took(0.5)}],
               'relabel_s': [0.005], 'relabel_program_s': [0.04], 'voices_bytes': 200000,
               'found': 4}
        rows = {r.name: r for r in speakers.hour_rows(raw, 4, 2.0)}
        self.assertEqual(rows['whole job: transcript, speakers, metrics'].median, 30.5)
        self.assertEqual(rows['telling speakers apart, the difference'].median, 6.0)
        self.assertEqual(rows['another number of speakers, library call'].median, 5.0)
        self.assertEqual(rows['voices that are kept, an hour'].median, 100.0)

    def test_the_cost_is_not_judged_when_it_drowns_in_noise(self):
        def verdict(*plain):
            return speakers.cost_row([{'speakers': {'wall_s': 33.0}, 'plain': {'wall_s': wall}}
                                      for wall in plain]).verdict

        self.assertEqual(verdict(26.0, 27.0), 'pass')
        self.assertEqual(verdict(22.0, 23.0), 'FAIL')
        self.assertEqual(verdict(22.0, 31.0), '')


class Minutes(unittest.TestCase):
    def test_a_long_transcript_has_as_many_words_as_its_seconds_hold_each_time_the_same(self):
        transcript = minutes.long_transcript(3600)
        segments = transcript['segments']
        self.assertEqual(sum(len(s['words']) for s in segments), 9000)
        self.assertAlmostEqual(transcript['duration'], 3600, places=1)
        self.assertEqual([s['id'] for s in segments], list(range(len(segments))))
        for before, after in zip(segments, segments[1:]):
            self.assertEqual(before['end'], after['start'])
        for segment in segments:
            self.assertEqual(segment['text'], ' '.join(w['word'] for w in segment['words']))
        self.assertEqual(minutes.long_transcript(3600), transcript)

    def test_a_group_is_judged_by_the_sums_of_its_meetings(self):
        def one(true, found, matched):
            n = {'true': true, 'found': found, 'matched': matched}
            return {'decisions': n, 'action_items': dict(n, due_right=1), 'open_questions': n}

        counts = minutes.total({'a': one(2, 2, 2), 'b': one(8, 3, 2)})
        rows = {r.name: r for r in minutes.found_rows(counts, minutes.PROMISED)}
        self.assertEqual(rows['decisions: precision'].median, 80.0)
        self.assertEqual(rows['decisions: precision'].verdict, 'pass')
        self.assertEqual(rows['action items with owners: recall'].median, 40.0)
        self.assertEqual(rows['action items with owners: recall'].verdict, 'FAIL')
        self.assertEqual(rows['due dates right, of matched tasks'].median, 50.0)

    def test_an_hour_that_takes_more_than_a_second_fails(self):
        def verdict(wall):
            return minutes.hour_rows({'wall_s': [wall], 'cpu_s': [wall], 'peak_mib': [9.0],
                                      'items': 1, 'segments': 2})[0].verdict

        self.assertEqual((verdict(1.0), verdict(1.1)), ('pass', 'FAIL'))


class Reference(unittest.TestCase):
    def test_tokens_become_text_with_blanks_and_bytes(self):
        tokenizer = Tokenizer(vocabulary={'<s>': 1, '\u2581And': 5, 'so': 6, '<0xC3>': 7,
                                          '<0xA9>': 8}, special=[1])
        self.assertEqual(tokenizer.text([1, 5, 6, 5, 7, 8, 99]), 'Andso And\u00e9')

    def test_index_lines_are_three_numbers(self):
        with tempfile.TemporaryDirectory() as folder:
            with open(os.path.join(folder, 'index.tsv'), 'w', encoding='utf-8') as file:
                file.write('0\t2560\t35328\n1\t0\t16000\n')
            self.assertEqual(read_index(folder), [(0, 2560, 35328), (1, 0, 16000)])


class Machine(unittest.TestCase):
    FACTS = {'cpu': 'A CPU', 'cpus': 2, 'memory_mib': 4096, 'features': ['AVX2'], 'system': 'Linux',
             'chip': '0.1.0', 'revision': 'abc', 'changed_files': 0, 'kernels': 'avx2',
             'products': 'avx2', 'libraries': {'oneDNN': '2.6.3'}, 'date': 'today', 'settings': {},
             'others_percent': 1.0}

    def warnings(self, **more):
        return machine.lines(dict(self.FACTS, **more))[2:]

    def test_a_quiet_machine_needs_no_warning(self):
        self.assertEqual(self.warnings(), [])

    def test_other_programs_and_odd_settings_are_told(self):
        self.assertIn('other programs took 40 %', self.warnings(others_percent=40.0)[0])
        self.assertIn('CHIP_GEMM=ref', self.warnings(settings={'CHIP_GEMM': 'ref'})[0])
        self.assertEqual(len(self.warnings(others_percent=None)), 1)

    def test_share_of_others_leaves_out_what_we_took(self):
        others = machine.Others()
        others.start = (100.0, 50.0, 1.0)  # clock, busy CPUs, ours
        others._now = lambda: (110.0, 65.0, 6.0)
        self.assertAlmostEqual(others.percent(), 100 * (15 - 5) / (10 * os.cpu_count()))
        others._now = lambda: (110.0, None, 6.0)
        self.assertIsNone(others.percent())


class Options(unittest.TestCase):
    def test_measures_are_chosen_by_letter_or_name(self):
        self.assertEqual(bench.letters('wer,a'), ['a', 'b'])
        with self.assertRaises(argparse.ArgumentTypeError):
            bench.letters('z')

    def test_quick_leaves_long_recordings_out_unless_asked(self):
        self.assertEqual(bench.parse(['--quick']).only, ['a', 'b', 'd', 'e', 'f', 'g', 'h'])
        self.assertEqual(bench.parse(['--quick', '--only', 'c']).only, ['c'])

    def test_what_was_missed_is_named(self):
        results = {'tables': [{'title': 't', 'rows': [
            times(budget=Budget('<=', limit=1)).record(),
            times(budget=Budget('<=', limit=9)).record()]}]}
        self.assertEqual(bench.missed(results), ['t; time'])


if __name__ == '__main__':
    unittest.main()
