"""The service under fire: workers and servers that are killed, hostile bytes, a full disk.

$CHIP_KILLS says how often to kill; the rest is in faults.py.
"""
import json
import os
import random
import signal
import time
import unittest
import urllib.request

from faults import ENDS, LONG_S, Case

KILLS = int(os.environ.get('CHIP_KILLS', '20'))


class Faults(Case):
    def test_kills_of_worker_and_server_at_any_moment_change_no_result(self):
        expected = self.undisturbed('short.wav')
        moments = random.Random(4)
        for kill in range(KILLS):
            job_id = self.service.submit(self.recordings.url('short.wav'))
            moment = moments.choice(('fetch', 'transcribe', 'write', None))
            self.service.wait(job_id, lambda job: moment is None or job['status'] in ENDS or
                              (job['stage'] or '') >= moment)
            time.sleep(moments.random() * 0.3)
            if kill % 4 == 3:
                self.service.end(signal.SIGKILL)
                self.start()
            else:
                self.service.kill_worker()
            self.assert_same(job_id, expected)
        self.assert_nothing_left()

    def test_a_kill_while_fetching_goes_on_with_what_is_there(self):
        expected = self.undisturbed('short.wav')
        job_id = self.service.submit(self.recordings.url('stall-short.wav'))
        self.assertTrue(self.recordings.stalled.acquire(timeout=LONG_S))
        self.service.kill_worker()
        self.recordings.release.set()
        self.assert_same(job_id, expected)
        self.assert_nothing_left()

    def test_sigterm_in_the_middle_loses_nothing(self):
        expected = self.undisturbed('long.wav')

        def restart():
            self.assertLess(self.service.end(), 8)
            self.start()
        job_id = self.interrupt(restart)
        self.assertLessEqual(self.service.job(job_id)['attempts'], 1)
        self.assert_same(job_id, expected)
        self.assert_nothing_left()

    def test_a_killed_long_job_goes_on_and_tells_nothing_twice(self):
        expected = self.undisturbed('long.wav')
        job_id = self.interrupt(self.service.kill_worker)
        self.assert_same(job_id, expected)
        self.assertEqual(self.service.job(job_id)['attempts'], 2)
        events = urllib.request.urlopen(f'{self.service.base}/api/jobs/{job_id}/events',
                                        timeout=30).read().decode()
        told = [s['startMs'] for line in events.splitlines() if line.startswith('data: {"segments')
                for s in json.loads(line[6:])['segments']]
        self.assertGreater(len(told), 10)
        self.assertEqual(told, sorted(set(told)))

    def test_a_job_that_kills_its_worker_three_times_fails_alone(self):
        bad = self.service.submit(self.recordings.url('long.wav'))
        good = self.service.submit(self.recordings.url('short.wav'))
        for attempt in range(1, 4):
            self.service.wait(bad, lambda job: job['attempts'] == attempt and
                              job['stage'] == 'transcribe')
            self.service.kill_worker()
        job = self.service.wait_end(bad)
        self.assertEqual((job['status'], job['error']['code']), ('failed', 'worker_lost'))
        self.assertEqual(self.service.wait_end(good)['status'], 'completed')

    def test_cancelling_and_deleting_free_the_worker_at_once(self):
        for method, path in (('POST', '/cancel'), ('DELETE', '')):
            job_id = self.service.submit(self.recordings.url('long.wav'))
            self.service.wait(job_id, lambda job: job['stage'] == 'transcribe')
            self.service.ask(method, f'/api/jobs/{job_id}{path}')
            start = time.monotonic()
            self.undisturbed('short.wav')
            self.assertLess(time.monotonic() - start, 15)
        folder = os.path.join(self.dir, 'data', 'recordings', job_id)
        self.assertFalse(os.path.exists(folder))
        self.assert_nothing_left()

    def test_hostile_bytes_fail_their_job_and_nothing_else(self):
        with open(os.path.join(self.folder, 'noise.wav'), 'wb') as file:
            file.write(b'RIFF' + random.Random(1).randbytes(100000))
        bad = self.service.submit(self.recordings.url('noise.wav'))
        job = self.service.wait_end(bad)
        self.assertEqual((job['status'], job['attempts']), ('failed', 1))
        self.assertIn(job['error']['code'], ('bad_recording', 'unsupported', 'no_audio'))
        pid = self.service.worker()
        self.undisturbed('short.wav')
        self.assertEqual(self.service.worker(), pid)


@unittest.skipUnless(os.geteuid() == 0, 'needs a file system of its own, which root can mount')
class DiskFull(Case):
    """A data folder of 300 MiB, of which a filler takes 80 until told to go."""

    def start(self):
        data = os.path.join(self.dir, 'data')
        os.makedirs(data)
        mount = ('mount -t tmpfs -o size=300m tmpfs "$0" && mkfifo "$0/free" && '
                 'head -c 80000000 /dev/zero >"$0/filler" || exit; '
                 '{ read -r x <"$0/free"; rm "$0/filler"; } & exec "$@"')
        try:
            super().start(wrap=('unshare', '-m', 'sh', '-c', mount, data))
        except IndexError:
            self.skipTest('a file system cannot be mounted here')

    def test_a_full_disk_is_waited_for(self):
        job_id = self.service.submit(self.recordings.url('short.wav'))
        job = self.service.wait(job_id, lambda job: job['error'])
        self.assertEqual((job['error']['code'], job['error']['retryable']),
                         ('storage_failed', True))
        process = self.service.process.pid
        with open(f'/proc/{process}/root{self.dir}/data/free', 'w', encoding='ascii') as free:
            free.write('\n')
        self.assertEqual(self.service.wait_end(job_id)['status'], 'completed')


if __name__ == '__main__':
    unittest.main(verbosity=1)
