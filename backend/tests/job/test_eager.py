"""Recordings that are transcribed while they arrive, in every kind of file."""
import os
import sqlite3
import subprocess
import time
import unittest
import urllib.error

from faults import LONG_S, Case, join_recordings

SECONDS = 30
# What ffmpeg is to make of the recording, and whether words can come before its end. The samples of
# more kinds are compared in tests/media/test_source.c.
KINDS = {
    'wav': ([], True),
    'mp3': (['-id3v2_version', '3', '-write_id3v1', '1', '-metadata', 'title=Talk'], True),
    'webm': (['-c:a', 'libopus'], True),
    'front.m4a': (['-movflags', '+faststart'], True),
    'end.m4a': ([], False),
    'wma': ([], False),
}


class Eager(Case):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        wav = os.path.join(cls.folder, 'talk.wav')
        join_recordings(wav, SECONDS)
        for kind, (options, _) in KINDS.items():
            if kind != 'wav':
                subprocess.run(['ffmpeg', '-v', 'error', '-i', wav, *options, '-fflags', '+bitexact',
                                os.path.join(cls.folder, 'talk.' + kind)], check=True,
                               stdin=subprocess.DEVNULL)

    def bytes_of(self, kind):
        with open(os.path.join(self.folder, 'talk.' + kind), 'rb') as file:
            return file.read()

    def wait_for_words(self, job_id, n=1):
        """Until readers have been told of so many segments."""
        store = sqlite3.connect(os.path.join(self.dir, 'data', 'chip.db'))
        until = time.monotonic() + LONG_S
        while (store.execute("SELECT sum(json_array_length(data, '$.segments')) FROM job_events "
                             "WHERE job_id = ? AND kind = 'segments'", (job_id,)).fetchone()[0] or 0) < n:
            self.assertLess(time.monotonic(), until)
            time.sleep(0.01)
        store.close()

    def begin(self, kind, share=0.7):
        """An eager job of which some bytes are there. @return job, upload, offset, all bytes"""
        data = self.bytes_of(kind)
        upload = self.service.upload(len(data), 'talk.' + kind)
        at = self.service.send(upload, 0, data[:int(len(data) * share)])
        return self.service.submit_upload(upload, eager=True), upload, at, data

    def whole(self, kind):
        data = self.bytes_of(kind)
        upload = self.service.upload(len(data), 'talk.' + kind)
        self.service.send(upload, 0, data)
        job_id = self.service.submit_upload(upload)
        self.assertEqual(self.service.wait_end(job_id)['status'], 'completed')
        return self.service.result(job_id)

    def test_every_kind_of_file_gives_what_it_gives_as_a_whole(self):
        for kind, (_, early) in KINDS.items():
            with self.subTest(kind=kind):
                job_id, upload, at, data = self.begin(kind)
                if early:
                    self.wait_for_words(job_id)
                    self.assertEqual(self.service.job(job_id)['status'], 'processing')
                while at < len(data):
                    at = self.service.send(upload, at, data[at:at + len(data) // 13 + 1])
                self.assert_same(job_id, self.whole(kind))
                self.assertEqual(self.service.job(job_id)['attempts'], 1)
        self.assert_nothing_left()

    def test_a_killed_worker_or_server_goes_on_with_what_came(self):
        expected = self.whole('wav')
        job_id, upload, at, data = self.begin('wav')
        self.wait_for_words(job_id)
        self.service.kill_worker()
        at = self.service.send(upload, at, data[at:len(data) * 3 // 4])
        self.service.wait(job_id, lambda job: job['attempts'] == 2)
        self.service.end(9)
        self.start()
        self.service.send(upload, at, data[at:])
        self.assert_same(job_id, expected)
        self.assert_nothing_left()

    def test_a_removed_upload_and_a_deleted_job_end_each_other(self):
        job_id, upload, _, _ = self.begin('wav')
        self.wait_for_words(job_id)
        self.service.remove_upload(upload)
        job = self.service.wait_end(job_id)
        self.assertEqual((job['status'], job['error']['code']), ('failed', 'upload_removed'))
        job_id, upload, at, _ = self.begin('wav')
        self.wait_for_words(job_id)
        self.service.ask('DELETE', f'/api/jobs/{job_id}')
        self.whole('wav')  # the worker is free again
        with self.assertRaises(urllib.error.HTTPError) as refused:
            self.service.send(upload, at, b'more')
        self.assertEqual(refused.exception.code, 404)


if __name__ == '__main__':
    unittest.main(verbosity=1)
