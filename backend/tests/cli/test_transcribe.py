#!/usr/bin/env python3
"""chip transcribe with an engine that plays scripts: what goes where, and the exit codes."""
import json
import os
import subprocess
import unittest

from harness import SHORT, Case, main, on_terminal


class Output(Case):
    def test_one_file_without_options_prints_readable_text(self):
        code, out, err = self.chip('transcribe', self.script('a.mp3'))
        self.assertEqual(code, 0, err)
        self.assertEqual(out, 'Hello there.\n\nGood bye.\n')
        self.assertRegex(err, r'^a\.mp3: 1:00, 4 words in \d+\.\d s \(\d[\d.]*x real time\)\n$')

    def test_on_a_terminal_segments_are_printed_with_their_times(self):
        args = ['transcribe', self.script('a.mp3'), '--no-diarize']
        code, screen, err = on_terminal(self, args, 80, ['stdout'])
        self.assertEqual(code, 0, err)
        self.assertEqual(screen.lines, ['[00:00:00] Hello there.', '[00:00:30] Good bye.', ''])

    def test_a_format_goes_to_standard_output(self):
        code, out, _ = self.chip('transcribe', '--format', 'srt', self.script('a.mp3'))
        self.assertEqual(code, 0)
        self.assertIn('00:00:00,000 --> ', out)
        code, out, _ = self.chip('transcribe', '-oj', 'a.mp3')
        self.assertEqual(json.loads(out)['segments'][0]['text'], 'Hello there.')

    def test_a_format_is_whole_on_a_terminal_too(self):
        code, screen, _ = on_terminal(self, ['transcribe', '-f', 'txt', self.script('a.mp3')], 80,
                                      ['stdout'])
        self.assertEqual(code, 0)
        self.assertEqual(screen.lines, ['Hello there.', '', 'Good bye.', ''])

    def test_a_folder_gets_every_format_of_every_file(self):
        self.script('a.mp3')
        self.script('b.wav')
        code, out, err = self.chip('transcribe', 'a.mp3', 'b.wav', '-f', 'all', '-o', 'out/deep')
        self.assertEqual((code, out), (0, ''), err)
        formats = ['json', 'md', 'rttm', 'srt', 'tsv', 'txt', 'vtt', 'whisperx.json']
        want = sorted('%s.%s' % (stem, ext) for stem in 'ab' for ext in formats)
        self.assertEqual(sorted(os.listdir(self.path('out/deep'))), want)
        self.assertEqual(len(err.splitlines()), 2)
        self.assertIn(' -> out/deep/a.json, ', err)
        self.assertIn('word_segments', json.loads(self.read('out/deep/a.whisperx.json')))

    def test_a_folder_without_format_gets_text_and_json(self):
        code, _, _ = self.chip('transcribe', self.script('a.mp3'), '-o', 'out')
        self.assertEqual(code, 0)
        self.assertEqual(sorted(os.listdir(self.path('out'))), ['a.json', 'a.txt'])

    def test_hotwords_come_from_a_list_or_from_a_file(self):
        self.script('a.mp3', ['total 1000', 'hotwords'])
        with open(self.path('names.txt'), 'w', encoding='utf-8') as file:
            file.write('Siobhan\r\n\n  net promoter score , Ljubljana\n')
        for given, want in (([], 'expected'),
                            (['--hotwords', ','], 'expected'),
                            (['--hotwords', 'Siobhan'], 'expected|Siobhan'),
                            (['--hotwords=a b, Caf\u00e9,,'], 'expected|a b|Caf\u00e9'),
                            (['--hotwords', '@names.txt'],
                             'expected|Siobhan|net promoter score|Ljubljana')):
            code, out, err = self.chip('transcribe', 'a.mp3', *given)
            self.assertEqual((code, out), (0, want + '\n'), err)

    def test_a_file_of_hotwords_that_is_not_there_is_a_mistake(self):
        code, _, err = self.chip('transcribe', self.script('a.mp3'), '--hotwords', '@nowhere.txt')
        self.assertEqual(code, 2)
        self.assertIn('nowhere.txt', err)

    def test_subtitle_options_reach_the_writer(self):
        words = 'one two three four five six seven eight nine ten eleven twelve'
        self.script('a.mp3', ['total 9000', 'segment 0 6000 ' + words])
        _, out, _ = self.chip('transcribe', 'a.mp3', '-f', 'srt', '--max_line_width', '12',
                              '--max-line-count=1')
        self.assertLessEqual(max(map(len, (l for l in out.splitlines() if '-->' not in l))), 12)
        _, plain, _ = self.chip('transcribe', 'a.mp3', '-f', 'vtt')
        _, cues, _ = self.chip('transcribe', 'a.mp3', '-f', 'vtt', '--word-cues')
        self.assertNotIn('<c>', plain)
        self.assertIn('<c>', cues)

    def test_standard_input_is_a_file_called_stdin(self):
        code, out, err = self.chip('transcribe', '-', input='\n'.join(SHORT))
        self.assertEqual((code, out), (0, 'Hello there.\n\nGood bye.\n'))
        self.assertTrue(err.startswith('standard input: '), err)
        code, _, _ = self.chip('transcribe', '-', '-o', 'out', '-f', 'md', input='\n'.join(SHORT))
        self.assertEqual((code, os.listdir(self.path('out'))), (0, ['stdin.md']))

    def test_quiet_says_nothing(self):
        self.script('a.mp3', SHORT + ['audit media-break 1000 1000 broken'])
        code, out, err = self.chip('transcribe', '-q', 'a.mp3')
        self.assertEqual((code, err), (0, ''))
        self.assertIn('Hello', out)

    def test_silence_is_said_to_be_silence(self):
        code, out, err = self.chip('transcribe', self.script('a.mp3', ['total 5000']))
        self.assertEqual((code, out), (0, ''))
        self.assertRegex(err, r'^a\.mp3: 0:05 without speech in ')

    def test_doubts_are_shown_as_warnings(self):
        self.script('a.mp3', SHORT + ['audit media-break 723000 723000 bytes are missing',
                                      'audit repetition 5000 6000 la la la',
                                      'audit empty 7000 8000 a cough'])
        code, _, err = self.chip('transcribe', 'a.mp3')
        self.assertEqual(code, 0)
        self.assertIn('a.mp3: the file is damaged at 00:12:03; kept what decodes '
                      '(bytes are missing)\n', err)
        self.assertIn('a.mp3: the model repeated itself at 00:00:05; the repetition was cut\n', err)
        self.assertNotIn('cough', err)

    def test_many_warnings_are_summed_up(self):
        self.script('a.mp3', ['audit media-break %d %d x' % (i, i) for i in range(0, 12000, 1000)])
        _, _, err = self.chip('transcribe', 'a.mp3')
        self.assertEqual(err.count('damaged at'), 5)
        self.assertIn('and 7 more notes', err)


class Refused(Case):
    def check_usage(self, says, *args, **popen):
        code, out, err = self.chip(*args, **popen)
        self.assertEqual((code, out), (2, ''), err)
        self.assertTrue(err.startswith('chip: '), err)
        self.assertIn(says, err)
        self.assertRegex(err, r"Try 'chip( \w+)? --help'\.\n$")

    def test_usage_errors_exit_2_and_help(self):
        self.script('a.mp3')
        self.script('b.mp3')
        self.check_usage('which file?', 'transcribe')
        self.check_usage("did you mean '--format'?", 'transcribe', 'a.mp3', '--fromat', 'srt')
        self.check_usage('2 files need --output-dir', 'transcribe', 'a.mp3', 'b.mp3')
        self.check_usage('2 formats need --output-dir', 'transcribe', 'a.mp3', '-f', 'srt,vtt')
        self.check_usage("'a.mp3' is given twice", 'transcribe', 'a.mp3', 'a.mp3', '-o', 'out')
        self.check_usage('English only', 'transcribe', 'a.mp3', '--language', 'de')
        self.check_usage('curl -sL ADDRESS | chip transcribe -', 'transcribe', 'https://x.org/a')
        self.check_usage('only once', 'transcribe', '-', '-', '-o', 'out', input='')
        self.check_usage("did you mean 'transcribe'?", 'transcibe', 'a.mp3')
        self.check_usage('to transcribe it: chip transcribe a.mp3', 'a.mp3')
        self.check_usage("there is no command 'zzz'", 'help', 'zzz')
        self.check_usage("unknown option '--nope'", '--nope')
        self.check_usage('which shell?', 'completion', 'powershell')
        self.check_usage('takes no file', 'doctor', 'a.mp3')
        self.check_usage('which file?', 'probe')
        self.assertFalse(os.path.exists(self.path('out')))

    def test_standard_input_from_a_terminal_is_refused(self):
        master, slave = os.openpty()
        self.check_usage('is a terminal: pipe one in', 'transcribe', '-', stdin=slave)
        os.close(master)
        os.close(slave)

    def test_no_arguments_show_help_and_fail(self):
        code, out, err = self.chip()
        self.assertEqual((code, out), (2, ''))
        self.assertTrue(err.startswith('Usage: chip '))


class Failures(Case):
    def check(self, code, says, *args, **popen):
        got, out, err = self.chip(*args, **popen)
        self.assertEqual(got, code, err)
        self.assertIn(says, err)
        self.assertTrue(err.startswith('chip: '), err)
        return out, err

    def test_exit_codes_say_what_failed(self):
        self.check(3, "chip: 'no.mp3': No such file", 'transcribe', 'no.mp3')
        self.check(3, "'.' is a folder", 'transcribe', '.')
        for status, code in [('io', 3), ('not-found', 3), ('bad-format', 4), ('no-audio', 4),
                             ('unsupported', 4), ('limit', 4), ('out-of-memory', 1),
                             ('internal', 1)]:
            self.script('a.mp3', ['fail %s it went wrong' % status])
            self.check(code, 'chip: a.mp3: it went wrong\n', 'transcribe', 'a.mp3')
        self.script('a.mp3')
        self.check(5, "chip: model 'missing' is not installed", 'transcribe', 'a.mp3', '-m',
                   'missing')
        self.check(5, 'damaged', 'transcribe', 'a.mp3', env={'CHIP_MODEL': 'damaged'})

    def test_a_message_that_names_the_file_is_not_prefixed_again(self):
        self.script('a.mp3', ["fail bad-format 'a.mp3' is not media"])
        _, err = self.check(4, '', 'transcribe', 'a.mp3')
        self.assertEqual(err, "chip: 'a.mp3' is not media\n")

    def test_other_files_go_on_and_the_highest_code_counts(self):
        self.script('a.mp3', ['fail no-audio silent film'])
        self.script('c.mp3')
        _, err = self.check(4, 'silent film', 'transcribe', 'a.mp3', 'b.mp3', 'c.mp3', '-o', 'out')
        self.assertEqual(err.count('chip: '), 2)
        self.assertEqual(sorted(os.listdir(self.path('out'))), ['c.json', 'c.txt'])

    def test_a_full_disk_is_a_failure(self):
        with open('/dev/full', 'w') as full:
            self.check(1, 'standard output: No space left on device', 'transcribe',
                       self.script('a.mp3'), stdout=full)
        os.makedirs(self.path('out/a.txt'))  # a folder where the file should go
        self.check(1, "cannot write 'out/a.txt'", 'transcribe', 'a.mp3', '-f', 'txt', '-o', 'out')
        self.assertEqual(os.listdir(self.path('out')), ['a.txt'])

    def test_file_names_cannot_steer_the_terminal(self):
        name = 'a\033[2Jb.mp3'
        self.script(name, ['fail no-audio nothing to hear'])
        code, _, err = self.chip('transcribe', name)
        self.assertEqual((code, err), (4, 'chip: a?[2Jb.mp3: nothing to hear\n'))

    def test_a_reader_that_leaves_is_no_failure(self):
        read, write = os.pipe()
        os.close(read)
        code, _, err = self.chip('transcribe', self.script('a.mp3'), stdout=write)
        os.close(write)
        self.assertEqual((code, err), (0, ''))

    def test_head_takes_what_it_wants(self):
        self.script('a.mp3', ['total 9000000'] + ['segment %d %d word' % (i * 9000, i * 9000 + 500)
                                                  for i in range(1000)])
        chip = self.start('transcribe', 'a.mp3', '-f', 'srt', stderr=subprocess.DEVNULL)
        head = subprocess.run(['head', '-n', '1'], stdin=chip.stdout, stdout=subprocess.PIPE)
        chip.stdout.close()
        self.assertEqual((chip.wait(timeout=60), head.stdout), (0, b'1\n'))


if __name__ == '__main__':
    main()
