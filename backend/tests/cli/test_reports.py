#!/usr/bin/env python3
"""What chip transcribe says while it runs: the bar, JSON lines, and how it stops."""
import json
import os
import signal
import subprocess
import unittest

from harness import SHORT, TIMEOUT_S, Case, main, on_terminal


class Bar(Case):
    LONG = ['total 100000'] + [line for i in range(1, 11) for line in (
        'segment %d %d Sentence number %d.' % (i * 9000, i * 9000 + 900, i),
        'progress %d' % (i * 10000))]

    def test_bar_is_updated_in_place_and_cleared_at_the_end(self):
        self.script('a.mp3', self.LONG)
        code, screen, out = on_terminal(self, ['transcribe', 'a.mp3'], 80)
        self.assertEqual(code, 0)
        self.assertIn('a.mp3 ...', screen.drawn)  # at once, before anything is known
        self.assertEqual(len(screen.lines), 2, screen.lines)  # the summary and nothing else
        self.assertRegex(screen.lines[0], r'^a\.mp3: 1:40, 30 words in ')
        bars = [line for line in screen.drawn if '[=' in line]
        self.assertGreaterEqual(len(bars), 9)
        percents = [int(bar.split('%')[0].split()[-1]) for bar in bars]
        self.assertEqual(percents, sorted(percents))
        self.assertRegex(bars[0], r'^a\.mp3  10% \[=+> +\]  8[01]x  0:0\d left$')
        self.assertEqual(out.decode().count('Sentence'), 10)

    def test_bar_fits_any_width(self):
        self.script('a long name with many words and more.mp3', self.LONG)
        for columns in (1, 5, 12, 20, 33, 50, 80, 200):
            args = ['transcribe', 'a long name with many words and more.mp3', '-o', 'out']
            code, screen, _ = on_terminal(self, args, columns)
            self.assertEqual(code, 0)
            for line in screen.drawn:
                if '%' in line and 'words' not in line.split('%')[-1]:
                    self.assertLess(len(line), max(columns, 2), line)

    def test_live_text_and_bar_do_not_mix(self):
        self.script('a.mp3', self.LONG)
        code, screen, _ = on_terminal(self, ['transcribe', 'a.mp3', '--no-diarize'], 80, ['stdout', 'stderr'])
        self.assertEqual(code, 0)
        want = ['[00:00:%02d] Sentence number %d.' % (i * 9, i) for i in range(1, 7)]
        self.assertEqual(screen.lines[:6], want)
        self.assertEqual(len(screen.lines), 12)  # ten segments, the summary, the prompt's line

    def test_the_bar_makes_room_for_text_on_the_same_terminal(self):
        self.script('a.mp3', self.LONG)
        code, screen, _ = on_terminal(self, ['transcribe', 'a.mp3', '-f', 'srt'], 80,
                                      ['stdout', 'stderr'])
        self.assertEqual(code, 0)
        self.assertEqual(screen.lines[0], '1')
        self.assertRegex(screen.lines[-2], r'^a\.mp3: 1:40, ')
        self.assertFalse(any('%' in line for line in screen.lines))

    def test_files_are_counted(self):
        for name in ('a.mp3', 'b.mp3'):
            self.script(name, self.LONG)
        _, screen, _ = on_terminal(self, ['transcribe', 'a.mp3', 'b.mp3', '-o', 'out'], 80)
        self.assertTrue(any(line.startswith('[2/2] b.mp3  50%') for line in screen.drawn))

    def test_errors_take_the_place_of_the_bar(self):
        self.script('a.mp3', ['total 1000', 'progress 500', 'fail io gone'])
        code, screen, _ = on_terminal(self, ['transcribe', 'a.mp3'], 80)
        self.assertEqual((code, screen.lines), (3, ['chip: a.mp3: gone', '']))

    def test_no_bar_where_it_makes_no_sense(self):
        self.script('a.mp3', self.LONG)
        for args, env in ((['--progress', 'none'], {}), (['--quiet'], {}), ([], {'TERM': 'dumb'})):
            _, screen, _ = on_terminal(self, ['transcribe', 'a.mp3', *args], 80, env=env)
            self.assertFalse(any('%' in line for line in screen.drawn), args)
        _, _, err = self.chip('transcribe', 'a.mp3')
        self.assertEqual(err.count('\r'), 0)
        _, _, err = self.chip('transcribe', 'a.mp3', '--progress', 'bar')
        self.assertGreater(err.count('\r'), 5)


class JsonLines(Case):
    def test_every_line_is_an_event(self):
        code, _, err = self.chip('transcribe', self.script('a.mp3'), '--progress', 'json')
        self.assertEqual(code, 0)
        events = self.events(err)
        self.assertEqual([e['event'] for e in events],
                         ['start', 'segment', 'progress', 'segment', 'progress', 'done'])
        self.assertTrue(all(e['file'] == 'a.mp3' for e in events))
        self.assertEqual(events[1], {'event': 'segment', 'file': 'a.mp3', 'start_ms': 0,
                                     'end_ms': 2000, 'confidence': 0.9, 'text': 'Hello there.'})
        self.assertEqual(events[2], {'event': 'progress', 'file': 'a.mp3', 'done_ms': 30000,
                                     'total_ms': 60000, 'percent': 50.0, 'speed': 80.5,
                                     'remaining_s': 0.373})
        done = events[-1]
        self.assertEqual((done['duration_ms'], done['words'], done['segments'], done['outputs']),
                         (60000, 4, 2, []))

    def test_what_is_not_known_is_null(self):
        self.script('a.mp3', ['total -1', 'progress 500'])
        _, _, err = self.chip('transcribe', 'a.mp3', '--progress=json')
        progress = self.events(err)[1]
        self.assertEqual([progress[k] for k in ('total_ms', 'percent', 'remaining_s')], [None] * 3)

    def test_errors_and_warnings_are_events(self):
        self.script('a.mp3', ['fail no-audio silent film'])
        self.script('b.mp3', SHORT + ['audit media-break 1000 2000 hole'])
        code, _, err = self.chip('transcribe', 'a.mp3', 'b.mp3', '-o', 'out', '--progress', 'json')
        events = self.events(err)
        self.assertEqual(code, 4)
        self.assertEqual([e for e in events if e['event'] == 'error'],
                         [{'event': 'error', 'file': 'a.mp3', 'code': 'no-audio', 'exit_code': 4,
                           'message': 'silent film'}])
        self.assertEqual([e for e in events if e['event'] == 'warning'],
                         [{'event': 'warning', 'file': 'b.mp3', 'kind': 'media-break',
                           'start_ms': 1000, 'end_ms': 2000, 'message': 'hole'}])
        self.assertEqual(events[-1]['outputs'], ['out/b.json', 'out/b.txt'])
        self.assertEqual([e['index'] for e in events if e['event'] == 'start'], [1, 2])

    def test_a_missing_model_is_an_event(self):
        code, _, err = self.chip('transcribe', self.script('a.mp3'), '-m', 'missing', '--progress',
                                 'json')
        self.assertEqual(code, 5)
        self.assertEqual(self.events(err)[0]['code'], 'not-found')

    def test_odd_file_names_are_valid_json(self):
        for name in (b'quo"te\\\n.mp3', b'\xff\xfe.mp3'):
            with open(os.path.join(self.dir.encode(), name), 'w') as file:
                file.write('\n'.join(SHORT))
            code, _, err = self.chip('transcribe', os.fsdecode(name), '--progress', 'json')
            self.assertEqual(code, 0)
            self.assertEqual(self.events(err)[-1]['event'], 'done')

    def test_quiet_leaves_only_errors(self):
        self.script('b.mp3', ['fail io gone'])
        self.script('a.mp3')
        code, _, err = self.chip('transcribe', 'a.mp3', 'b.mp3', '-o', 'out', '-q', '--progress',
                                 'json')
        self.assertEqual((code, [e['event'] for e in self.events(err)]), (3, ['error']))


class Interrupted(Case):
    WAIT = ['total 3600000', 'segment 0 2000 Hello there.', 'progress 723000', 'wait']

    def interrupt(self, number, *args, lines=WAIT, **popen):
        """Sends a signal when the engine waits; gives exit code, standard output and events."""
        self.script('a.mp3', lines)
        process = self.start('transcribe', 'a.mp3', *args, '--progress', 'json', **popen)
        events = []
        for line in process.stderr:
            events.append(json.loads(line))
            if events[-1]['event'] == 'progress':
                process.send_signal(number)
                break
        out, err = process.communicate(timeout=TIMEOUT_S)
        return process.returncode, out.decode(), events + self.events(err.decode())

    def test_ctrl_c_stops_with_130_and_saves_nothing_unasked(self):
        code, out, events = self.interrupt(signal.SIGINT)
        self.assertEqual((code, out), (130, ''))
        self.assertEqual(events[-1], {'event': 'error', 'file': 'a.mp3', 'code': 'cancelled',
                                      'exit_code': 130, 'message': 'interrupted',
                                      'done_ms': 723000, 'saved': False})

    def test_save_partial_keeps_what_is_done(self):
        code, _, events = self.interrupt(signal.SIGINT, '--save-partial', '-o', 'out', '-f', 'srt')
        self.assertEqual(code, 130)
        self.assertEqual((events[-1]['saved'], events[-1]['outputs']), (True, ['out/a.srt']))
        self.assertIn('Hello there.', self.read('out', 'a.srt'))

    def test_save_partial_prints_what_is_done(self):
        code, out, _ = self.interrupt(signal.SIGINT, '--save-partial')
        self.assertEqual((code, out), (130, 'Hello there.\n'))

    def test_sigterm_stops_with_143(self):
        code, _, events = self.interrupt(signal.SIGTERM, '--save-partial', '-o', 'out')
        self.assertEqual((code, events[-1]['exit_code']), (143, 143))
        self.assertEqual(sorted(os.listdir(self.path('out'))), ['a.json', 'a.txt'])

    def test_the_message_says_how_far_it_came(self):
        self.script('a.mp3', self.WAIT)
        process = self.start('transcribe', 'a.mp3', '--save-partial', '-o', 'out', '--progress',
                             'bar')
        shown = b''
        while b'%' not in shown:
            shown += os.read(process.stderr.fileno(), 100)
        process.send_signal(signal.SIGINT)
        _, err = process.communicate(timeout=TIMEOUT_S)
        self.assertTrue(err.decode().endswith(
            'chip: a.mp3: interrupted at 00:12:03 of 01:00:00; saved the part that is done -> '
            'out/a.json, out/a.txt\n'), err)

    def test_live_text_is_not_said_to_be_lost(self):
        self.script('a.mp3', self.WAIT)
        master, slave = os.openpty()
        process = self.start('transcribe', 'a.mp3', '--no-diarize', '--progress', 'bar', stdout=slave)
        shown = b''
        while b'%' not in shown:
            shown += os.read(process.stderr.fileno(), 100)
        process.send_signal(signal.SIGINT)
        _, err = process.communicate(timeout=TIMEOUT_S)
        os.close(slave)
        os.close(master)
        self.assertEqual(process.returncode, 130)
        self.assertTrue(err.endswith(b'interrupted at 00:12:03 of 01:00:00\n'), err)

    def test_files_after_the_interrupted_one_are_left_alone(self):
        self.script('b.mp3')
        code, _, events = self.interrupt(signal.SIGINT, 'b.mp3', '-o', 'out')
        self.assertEqual(code, 130)
        self.assertNotIn('b.mp3', [e.get('file') for e in events])
        self.assertEqual(os.listdir(self.path('out')), [])

    def test_a_second_ctrl_c_exits_at_once(self):
        self.script('a.mp3', ['total 60000', 'progress 30000', 'hang'])
        process = self.start('transcribe', 'a.mp3', '--progress', 'json')
        seen = []
        for line in process.stderr:
            seen.append(json.loads(line)['event'])
            if seen[-1] == 'progress':
                process.send_signal(signal.SIGINT)
            if seen[-1] == 'segment':  # the engine has seen the first one, and goes on
                process.send_signal(signal.SIGINT)
                break
        process.communicate(timeout=10)
        self.assertEqual((seen, process.returncode), (['start', 'progress', 'segment'], 130))

    def test_an_ignored_ctrl_c_stays_ignored(self):
        """As under nohup, or in the background of a script."""
        self.script('a.mp3', self.WAIT)
        process = self.start('transcribe', 'a.mp3', '--progress', 'json',
                             preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_IGN))
        for line in process.stderr:
            if json.loads(line)['event'] == 'progress':
                process.send_signal(signal.SIGINT)
                process.send_signal(signal.SIGTERM)
                break
        process.communicate(timeout=TIMEOUT_S)
        self.assertEqual(process.returncode, 143)


if __name__ == '__main__':
    main()
