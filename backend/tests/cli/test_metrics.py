#!/usr/bin/env python3
"""chip metrics: from a transcript's file to a table, json or charts."""
import json
import os
import unittest
import xml.etree.ElementTree

from harness import Case, main


def transcript(**more):
    """Two people, twelve lines; each line is two seconds and six words."""
    segments, turns = [], []
    for i in range(12):
        speaker, start = 'S%d' % (1 + i % 2), 2.5 * i
        text = 'So what do you think, Jérôme?' if i % 2 else 'I would like to wait until'
        words = [{'word': word, 'start': start + k / 3, 'end': start + (k + 1) / 3,
                  'confidence': 0.9, 'speaker': speaker} for k, word in enumerate(text.split())]
        segments.append({'id': i, 'start': start, 'end': start + 2, 'text': text,
                         'confidence': 0.9, 'speaker': speaker, 'words': words})
        turns.append({'start': start, 'end': start + 2, 'speaker': speaker, 'confidence': 0.8})
    return {'schema': 'chip.transcript/1', 'model': 'm', 'language': 'en', 'duration': 30.0,
            'speech': 24.0, 'speakers': [{'id': 'S1', 'name': 'Dana'},
                                         {'id': 'S2', 'name': '<Tom & Ümit>'}],
            'turns': turns, 'segments': segments, 'audit': [], **more}


class Metrics(Case):
    def setUp(self):
        super().setUp()
        self.save('meeting.json', transcript())

    def save(self, name, content):
        with open(self.path(name), 'w', encoding='utf-8') as file:
            file.write(content if isinstance(content, str) else json.dumps(content))

    def ok(self, *args, **popen):
        code, out, err = self.chip('metrics', *args, **popen)
        self.assertEqual((code, err), (0, ''))
        return out

    def fails(self, want, *args, **popen):
        code, out, err = self.chip('metrics', *args, **popen)
        self.assertEqual((code, out), (want, ''))
        return err

    def test_prints_a_table_of_80_columns(self):
        out = self.ok('meeting.json')
        self.assertIn('Dana', out)
        self.assertIn('<Tom & Ümit>', out)
        self.assertIn('█', out)
        self.assertNotIn('\033', out)
        self.assertLessEqual(max(map(len, out.splitlines())), 80)

    def test_json_has_the_figures(self):
        result = json.loads(self.ok('meeting.json', '--format', 'json'))
        self.assertEqual(result['schema'], 'chip.metrics/1')
        dana = result['speakers'][0]
        self.assertEqual((dana['id'], dana['name']), ('S1', 'Dana'))
        self.assertEqual(dana['metrics']['talk_time']['value'], 12)
        self.assertEqual(dana['metrics']['pace']['value'], 180)
        self.assertEqual(result['meeting']['question_rate']['value'], 720)
        self.assertEqual(result['meeting']['overlap_share'],
                         {'insufficient_evidence': 'no-overlap-model', 'evidence': 0})

    def test_charts_are_well_formed_and_named(self):
        names = set()
        for chart in ('timeline', 'shares'):
            root = xml.etree.ElementTree.fromstring(self.ok('meeting.json', '--chart', chart))
            self.assertEqual(root.tag, '{http://www.w3.org/2000/svg}svg')
            space = {'s': 'http://www.w3.org/2000/svg'}
            names.add(root.find('s:title', space).text)
            self.assertIn('<Tom & Ümit>', root.find('s:desc', space).text)
        self.assertEqual(len(names), 2)
        self.assertEqual(self.ok('meeting.json', '-f', 'svg'),
                         self.ok('meeting.json', '--chart', 'timeline'))

    def test_reads_a_pipe_and_writes_a_file(self):
        text = self.read('meeting.json')
        self.assertEqual(self.ok('-', input=text), self.ok('meeting.json'))
        self.assertEqual(self.ok('meeting.json', '-f', 'json', '-o', 'out.json'), '')
        self.assertEqual(self.read('out.json'), self.ok('meeting.json', '-f', 'json'))

    def test_a_terminal_gets_colours_unless_it_does_not_want_them(self):
        for more, coloured in (({}, True), ({'NO_COLOR': '1'}, False), ({'TERM': 'dumb'}, False)):
            master, slave = os.openpty()
            process = self.start('metrics', 'meeting.json', stdout=slave, env=more)
            os.close(slave)
            shown = b''
            while True:
                try:
                    part = os.read(master, 65536)
                except OSError:
                    break
                if not part:
                    break
                shown += part
            os.close(master)
            process.communicate(timeout=60)
            self.assertEqual(process.returncode, 0)
            self.assertEqual(b'\033[' in shown, coloured, more)

    def test_a_locale_without_utf8_gets_ascii(self):
        out = self.ok('meeting.json', env={'LC_ALL': 'C'})
        self.assertTrue(out.isascii())
        self.assertIn('###', out)

    def test_without_speakers_it_says_so(self):
        plain = transcript(speakers=[], turns=[])
        for segment in plain['segments']:
            del segment['speaker']
            for word in segment['words']:
                del word['speaker']
        self.save('plain.json', plain)
        out = self.ok('plain.json')
        self.assertIn('speakers were not told apart', out)
        self.assertIn('Pace, words/min', out)

    def test_what_is_no_transcript_is_refused_with_help(self):
        self.save('meeting.mp3', 'ID3 and so on')
        self.assertIn('chip transcribe FILE --format json', self.fails(4, 'meeting.mp3'))
        self.save('other.json', {'schema': 'other'})
        self.assertIn("'other.json'", self.fails(4, 'other.json'))
        self.assertIn('No such file', self.fails(3, 'missing.json'))
        self.fails(4, '-', input='')

    def test_wrong_usage_is_refused(self):
        self.fails(2)
        self.fails(2, 'meeting.json', 'meeting.json')
        self.assertIn('--format svg', self.fails(2, 'meeting.json', '-f', 'json', '--chart',
                                                 'shares'))
        self.assertIn('overwrite', self.fails(2, 'meeting.json', '-o', './meeting.json'))
        self.assertEqual(json.loads(self.read('meeting.json')), transcript())
        self.fails(1, 'meeting.json', '-o', 'missing/out.txt')


if __name__ == '__main__':
    main()
