"""The transcript as a file, and the recording."""
import json
import os
import unittest
from urllib.parse import unquote

import api
import talk

TYPES = {'json': 'application/json', 'whisperx': 'application/json', 'srt': 'application/x-subrip; charset=utf-8',
         'vtt': 'text/vtt; charset=utf-8', 'txt': 'text/plain; charset=utf-8', 'md': 'text/markdown; charset=utf-8',
         'tsv': 'text/tab-separated-values; charset=utf-8', 'rttm': 'text/plain; charset=utf-8'}


class Export(api.Case):
    def make(self, title):
        job = self.submit()
        self.complete(job, {**talk.analysis(), 'title': title})
        return '/api/jobs/%s/export' % job

    def name(self, title):
        """The name of the file of a meeting with that title, in ASCII and in full."""
        header = self.get(self.make(title) + '?format=srt').headers['Content-Disposition']
        self.assertRegex(header, r'^attachment; filename="[^"\\]+"; filename\*=UTF-8\'\'[A-Za-z0-9!#$&+.^_`|~%-]+$')
        ascii_name = header.split('filename="')[1].split('"')[0]
        ascii_name.encode('ascii')
        return ascii_name, unquote(header.split("UTF-8''")[1], errors='strict')

    def test_each_format_has_its_type_and_says_what_was_said(self):
        path = self.make('Stand-up')
        for name, media_type in TYPES.items():
            reply = self.get('%s?format=%s' % (path, name))
            self.assertEqual(reply.headers['Content-Type'], media_type)
            self.assertIn('word5' if name != 'rttm' else 'SPEAKER Stand-up 1 ', reply.body.decode())
            extension = 'json' if name == 'whisperx' else name
            self.assertIn('filename="Stand-up.%s"' % extension, reply.headers['Content-Disposition'])
        self.assertTrue(self.get(path + '?format=vtt').body.startswith(b'WEBVTT'))

    def test_json_is_the_transcript_itself_without_voices_unless_asked_for(self):
        path = self.make('x')
        seen, expected = self.get(path).json(), talk.transcript()
        voices = expected.pop('voices')
        self.assertEqual(seen, expected)
        self.assertEqual(self.get(path + '?voices=true').json()['voices'], voices)

    def test_subtitles_are_laid_out_as_asked(self):
        path = self.make('x')
        narrow = self.get(path + '?format=srt&maxLineChars=12&maxLines=1').body.decode()
        self.assertGreater(narrow.count('-->'), self.get(path + '?format=srt').body.decode().count('-->'))
        self.assertIn('<c>', self.get(path + '?format=vtt&wordCues=true').body.decode())
        self.assertNotIn('<c>', self.get(path + '?format=vtt').body.decode())

    def test_an_unknown_format_is_refused_with_those_that_there_are(self):
        error = self.refused('GET', self.make('x') + '?format=docx', None, 400, 'srt')
        self.assertEqual(sorted(error['details']['formats']), sorted(TYPES))
        self.refused('GET', self.make('x') + '?format=srt&maxLines=0', None, 400, 'maxLines: ')

    def test_files_are_named_after_the_title_whatever_is_in_it(self):
        self.assertEqual(self.name('Plan B'), ('Plan B.srt', 'Plan B.srt'))
        self.assertEqual(self.name('Grüße: "a/b\\c"'), ('Gr__e- -a-b-c-.srt', 'Grüße- -a-b-c-.srt'))
        self.assertEqual(self.name('100 % 日本'), ('100 _ __.srt', '100 % 日本.srt'))
        for nothing in ('', None, '  ', '..', '.'):
            self.assertEqual(self.name(nothing)[1], 'transcript.srt')
        self.assertEqual(self.name('.hidden')[1], 'transcript.srt')
        long_ascii, long_full = self.name('ü' * 300)
        self.assertEqual(long_full, 'ü' * 75 + '.srt')
        self.assertEqual(self.name('a\r\nSet-Cookie: x')[1], 'a Set-Cookie- x.srt')

    def test_before_the_job_is_done_there_is_nothing(self):
        self.get('/api/jobs/%s/export?format=srt' % self.submit(), expect=404)
        job = self.submit()
        self.complete(job, {'title': 'without'})
        self.get('/api/jobs/%s/export?format=srt' % job, expect=404)


class Audio(api.Case):
    def put(self, data, **more):
        job = self.submit(**more)
        folder = os.path.join(self.folder, 'recordings', job)
        os.makedirs(folder)
        with open(os.path.join(folder, 'source'), 'wb') as file:
            file.write(data)
        return '/api/jobs/%s/audio' % job

    def test_the_recording_is_given_whole_and_in_parts(self):
        data = b'RIFF\0\0\0\0WAVE' + bytes(range(256)) * 20
        path = self.put(data)
        reply = self.get(path)
        self.assertEqual((reply.body, reply.headers['Content-Type'], reply.headers['Accept-Ranges']),
                         (data, 'audio/wav', 'bytes'))
        part = self.get(path, headers={'Range': 'bytes=8-11'}, expect=206)
        self.assertEqual((part.body, part.headers['Content-Range']), (b'WAVE', 'bytes 8-11/%d' % len(data)))
        self.get(path, headers={'Range': 'bytes=99999-'}, expect=416)
        self.get(path, headers={'If-None-Match': reply.headers['ETag']}, expect=304)

    def test_its_type_is_told_by_what_it_is_not_by_a_name(self):
        pad = b'\0' * 80
        for head, media_type in ((b'fLaC', 'audio/flac'), (b'ID3\x04', 'audio/mpeg'), (b'\xff\xfb\x90\x00', 'audio/mpeg'),
                                 (b'\xff\xf1\x50', 'audio/aac'), (b'OggS', 'audio/ogg'),
                                 (b'\0\0\0\x20ftypM4A ', 'audio/mp4'), (b'\0\0\0\x20ftypisom', 'video/mp4'),
                                 (b'\0\0\0\x14ftypqt  ', 'video/quicktime'), (b'\x1a\x45\xdf\xa3..B\x82\x84webm', 'video/webm'),
                                 (b'\x1a\x45\xdf\xa3..B\x82\x88matroska', 'video/x-matroska'),
                                 (b'FORM\0\0\0\0AIFF', 'audio/aiff'), (b'<html><script>', 'application/octet-stream')):
            reply = self.get(self.put(head + pad))
            self.assertEqual(reply.headers['Content-Type'], media_type)
            self.assertEqual(reply.headers['X-Content-Type-Options'], 'nosniff')
        self.assertEqual(self.get(self.put(b'')).headers['Content-Type'], 'application/octet-stream')

    def test_a_recording_that_is_not_here_is_said_to_be_to_come_gone_or_elsewhere(self):
        job = self.submit()
        path = '/api/jobs/%s/audio' % job
        self.assertEqual(self.get(path, expect=404).error()['code'], 'recording_not_here_yet')
        self.complete(job)
        self.assertEqual(self.get(path, expect=404).error()['code'], 'recording_removed')
        other = api.new_id()
        self.server.call('enqueue_job', id=other, source={'kind': 'upload', 'upload_id': api.new_id(), 'node': 'there'})
        error = self.get('/api/jobs/%s/audio' % other, expect=404).error()
        self.assertEqual((error['code'], error['details']), ('recording_elsewhere', {'node': 'there'}))


class Waveform(api.Case):
    DATA = {'version': 1, 'duration_ms': 120, 'point_ms': 50, 'peaks': 'AAEC'}

    def test_it_is_there_once_the_recording_has_been_listened_to(self):
        job = self.submit()
        path = '/api/jobs/%s/waveform' % job
        self.assertEqual(self.get(path, expect=404).error()['code'], 'no_waveform')
        row = self.claim(job)
        self.server.call('put_waveform', id=job, lease_token=row['lease_token'], data=self.DATA)
        reply = self.get(path)
        self.assertEqual(reply.json(), {'version': 1, 'durationMs': 120, 'pointMs': 50, 'peaks': 'AAEC'})
        self.get(path, headers={'If-None-Match': reply.headers['ETag']}, expect=304)

    def test_a_job_that_is_not_there_has_none(self):
        for job in (api.new_id(), 'x'):
            self.assertEqual(self.get('/api/jobs/%s/waveform' % job, expect=404).error()['code'], 'not_found')


if __name__ == '__main__':
    unittest.main()
