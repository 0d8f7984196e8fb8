"""The spoken sample meeting: usage test_speak.py SPEAK [unittest's own arguments]"""
import array
import math
import os
import shutil
import subprocess
import sys
import tempfile
import unittest
import wave

import meeting

SPEAK = os.path.abspath(sys.argv.pop(1))
MAKE = os.path.join(meeting.SAMPLES, 'make.sh')
RATE = 16000
PEOPLE = 'name\tvoice\tpart\nDana\tslt\tleads\nTom\tkal16\tanswers\n'
SHORT = ('id\tspeaker\tgap_ms\ttext\n'
         "1\tDana\t0\tTom's bike costs twenty three dollars.\n"
         '2\tTom\t-300\tRight, Dana.\n'
         '3\tDana\t500\tThank you.\n')


def speak(folder, out):
    return subprocess.run([SPEAK, folder, out], capture_output=True, text=True, check=False)


def read_wav(path):
    with wave.open(path) as file:
        assert (file.getframerate(), file.getnchannels(), file.getsampwidth()) == (RATE, 1, 2)
        return array.array('h', file.readframes(file.getnframes()))


def dbfs(samples):
    """The level of 16-bit samples, in dB below a full square wave."""
    energy = sum(x * x for x in samples) / max(1, len(samples))
    return 10 * math.log10(energy / 32768 ** 2 + 1e-12)


def read_folder(folder):
    content = {}
    for name in sorted(os.listdir(folder)):
        with open(os.path.join(folder, name), 'rb') as file:
            content[name] = file.read()
    return content


def read_turns(folder):
    """[(speaker, start_ms, end_ms)] of turns.rttm."""
    with open(os.path.join(folder, 'turns.rttm'), encoding='utf-8') as file:
        rows = [line.split() for line in file]
    return [(r[7], round(1000 * float(r[3])), round(1000 * (float(r[3]) + float(r[4]))))
            for r in rows]


class WholeMeeting(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.folder = tempfile.mkdtemp()
        cls.addClassCleanup(shutil.rmtree, cls.folder)
        done = speak(meeting.MEETING, cls.folder)
        assert done.returncode == 0, done.stderr
        cls.pcm = read_wav(os.path.join(cls.folder, 'meeting.wav'))
        cls.words = meeting.table(os.path.join(cls.folder, 'words.tsv'))
        for word in cls.words:
            word['start'], word['end'] = int(word['start_ms']), int(word['end_ms'])
        cls.turns = read_turns(cls.folder)

    def sound(self, start_ms, end_ms):
        return self.pcm[start_ms * RATE // 1000:end_ms * RATE // 1000]

    def test_it_lasts_about_five_minutes(self):
        self.assertTrue(4.5 * 60 < len(self.pcm) / RATE < 6 * 60, len(self.pcm) / RATE)

    def test_every_word_of_the_script_is_there_in_order(self):
        for line in meeting.script():
            spoken = [w for w in self.words if w['line'] == line['id']]
            self.assertEqual([w['word'] for w in spoken], line['text'].split())
            self.assertEqual({w['speaker'] for w in spoken}, {line['speaker']})
            for before, after in zip(spoken, spoken[1:]):
                self.assertLessEqual(before['end'], after['start'])

    def test_words_are_sorted_and_of_human_length(self):
        starts = [w['start'] for w in self.words]
        self.assertEqual(starts, sorted(starts))
        for word in self.words:
            self.assertTrue(20 <= word['end'] - word['start'] <= 1200, word)

    def test_turns_are_the_lines_with_the_asked_gaps(self):
        lines, heard_until = meeting.script(), 700
        self.assertEqual([t[0] for t in self.turns], [line['speaker'] for line in lines])
        for line, (_, start, end) in zip(lines, self.turns):
            spoken = [w for w in self.words if w['line'] == line['id']]
            self.assertAlmostEqual(start, spoken[0]['start'], delta=1)
            self.assertAlmostEqual(end, spoken[-1]['end'], delta=1)
            self.assertAlmostEqual(start, heard_until + int(line['gap_ms']), delta=1)
            heard_until = max(heard_until, end)

    def test_some_people_talk_over_each_other(self):
        self.assertGreaterEqual(sum(a[2] > b[1] for a, b in zip(self.turns, self.turns[1:])), 3)

    def test_sound_begins_where_the_times_say(self):
        n = 0
        for (_, _, before), (speaker, start, _) in zip(self.turns, self.turns[1:]):
            if start - before >= 250:
                n += 1
                self.assertLess(dbfs(self.sound(start - 90, start - 20)), -50, (speaker, start))
                self.assertGreater(dbfs(self.sound(start, start + 180)), -40, (speaker, start))
        self.assertGreaterEqual(n, 30)

    def test_everybody_is_equally_loud(self):
        for person in meeting.people():
            spoken = array.array('h')
            for word in self.words:
                if word['speaker'] == person:
                    spoken += self.sound(word['start'], word['end'])
            self.assertAlmostEqual(dbfs(spoken), -21, delta=0.7, msg=person)

    def test_nothing_clips(self):
        self.assertLess(max(max(self.pcm), -min(self.pcm)), 0.98 * 32768)

    def test_the_transcript_is_the_script(self):
        with open(os.path.join(self.folder, 'transcript.txt'), encoding='utf-8') as file:
            self.assertEqual(file.read().splitlines(),
                             ['%(speaker)s: %(text)s' % line for line in meeting.script()])


class OwnMeeting(unittest.TestCase):
    def setUp(self):
        self.folder = tempfile.mkdtemp()
        self.addCleanup(shutil.rmtree, self.folder)
        self.write(SHORT)

    def write(self, script, people=PEOPLE):
        for name, text in (('script.tsv', script), ('people.tsv', people), ('actions.json', '{}')):
            with open(os.path.join(self.folder, name), 'w', encoding='utf-8') as file:
                file.write(text)

    def out(self, name):
        path = os.path.join(self.folder, '..', os.path.basename(self.folder) + '.' + name)
        os.makedirs(path, exist_ok=True)
        self.addCleanup(shutil.rmtree, path, ignore_errors=True)
        return path

    def test_a_contraction_is_one_word_and_a_number_as_many_as_are_written(self):
        out = self.out('words')
        self.assertEqual(speak(self.folder, out).returncode, 0)
        first = [w['word'] for w in meeting.table(os.path.join(out, 'words.tsv'))
                 if w['line'] == '1']
        self.assertEqual(first, ["Tom's", 'bike', 'costs', 'twenty', 'three', 'dollars.'])

    def assert_refused(self, message):
        done = speak(self.folder, self.out('refused'))
        self.assertEqual(done.returncode, 1)
        self.assertIn(message, done.stderr)

    def test_a_wrong_script_is_refused_with_its_place(self):
        head = SHORT.split('\n', maxsplit=1)[0] + '\n'
        for row, message in (('1\tAnn\t0\tHello.\n', "script.tsv:2: 'Ann' is not in people.tsv"),
                             ('1\tTom\tsoon\tHello.\n', "'soon' is not a number"),
                             ('1\tTom\t0\n', 'a row has 4 cells'),
                             ('1\tTom\t0\tHello.\tmore\n', 'a row has 4 cells'),
                             ('1\tTom\t0\t\n', 'an empty cell'),
                             ('1\tTom\t0\tHello.', 'does not end'),
                             ('1\tTom\t-9000\tHello.\n', 'line 1 begins before the meeting'),
                             ('1\tTom\t0\tHello , Tom.\n', "does not speak ','"),
                             ('', 'has no lines')):
            self.write(head + row)
            self.assert_refused(message)

    def test_a_table_without_its_heading_is_refused(self):
        self.write(SHORT.split('\n', maxsplit=1)[1])
        self.assert_refused("script.tsv does not begin with the heading 'id\tspeaker")
        self.write(SHORT, '')
        self.assert_refused('people.tsv does not begin with the heading')

    def test_an_unknown_voice_is_refused(self):
        self.write(SHORT, PEOPLE.replace('slt', 'nobody'))
        self.assert_refused("no voice 'nobody'")

    def make(self, out):
        subprocess.run(['sh', MAKE, SPEAK, out, self.folder], check=True)

    def test_two_runs_make_the_same_bytes(self):
        first, second = self.out('first'), self.out('second')
        self.make(first)
        self.make(second)
        self.assertEqual(sorted(read_folder(first)), [
            'actions.json', 'meeting.mp4', 'meeting.wav', 'people.tsv', 'transcript.txt',
            'turns.rttm', 'words.tsv'])
        self.assertEqual(read_folder(first), read_folder(second))

    def test_it_is_made_again_only_after_a_change(self):
        out = self.out('again')
        self.make(out)
        mark = os.path.join(out, 'mark')
        with open(mark, 'w', encoding='utf-8'):
            pass
        self.make(out)
        self.assertTrue(os.path.exists(mark))
        later = os.path.getmtime(os.path.join(out, 'meeting.mp4')) + 5
        os.utime(os.path.join(self.folder, 'script.tsv'), (later, later))
        self.make(out)
        self.assertFalse(os.path.exists(mark))

    def test_the_video_has_the_same_sound_at_the_same_time(self):
        out = self.out('video')
        self.make(out)
        decoded = os.path.join(out, 'decoded.wav')
        subprocess.run(['ffmpeg', '-v', 'error', '-i', os.path.join(out, 'meeting.mp4'), '-vn',
                        '-ar', str(RATE), decoded], check=True)
        original = read_wav(os.path.join(out, 'meeting.wav'))
        again = read_wav(decoded)
        start = 800 * RATE // 1000

        def likeness(lag):
            return sum(original[k] * again[k + lag] for k in range(start, start + RATE))

        self.assertEqual(max(range(-64, 65, 4), key=likeness), 0)
        kinds = subprocess.run(
            ['ffprobe', '-v', 'error', '-show_entries', 'stream=codec_name', '-of', 'csv=p=0',
             os.path.join(out, 'meeting.mp4')], capture_output=True, text=True, check=True).stdout
        self.assertEqual(kinds.split(), ['h264', 'aac'])


if __name__ == '__main__':
    unittest.main()
