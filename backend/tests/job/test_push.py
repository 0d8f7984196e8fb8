"""`chip serve` behind a queue that pushes: POST /api/process?wait=true, and no work in between."""
import http.client
import json
import os
import signal
import socket
import sqlite3
import threading
import time
import unittest
import uuid

from faults import LONG_S, Case, join_recordings


class Push(threading.Thread):
    """One try of the queue. `status` is 0 when the connection broke."""

    def __init__(self, service, job, url):
        super().__init__(daemon=True)
        self.at, self.job, self.url = service.base.split('/')[2], job, url
        self.status, self.body = 0, None
        self.connection = http.client.HTTPConnection(self.at, timeout=LONG_S)
        self.start()

    def run(self):
        try:
            self.connection.request('POST', '/api/process?wait=true',
                                    json.dumps({'jobId': self.job, 'fileUrl': self.url}),
                                    {'Content-Type': 'application/json'})
            answer = self.connection.getresponse()
            self.body, self.status = json.loads(answer.read()), answer.status
        except (OSError, http.client.HTTPException):
            pass
        finally:
            self.connection.close()

    def result(self):
        self.join(LONG_S)
        return self.status


class Pushing(Case):
    settings = {'CHIP_PUSH': '1', 'CHIP_WAIT_SECONDS': '80'}

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        join_recordings(os.path.join(cls.folder, 'longer.wav'), 900)

    def start(self, **more):
        super().start(**{**self.settings, **more})

    def push(self, name, job=None):
        return Push(self.service, job or str(uuid.uuid4()), self.recordings.url(name))

    def push_until_done(self, name, job=None):
        """What the queue does. @return job, number of tries"""
        job = job or str(uuid.uuid4())
        for n in range(1, 60):
            push = self.push(name, job)
            if push.result() == 200:
                self.assertEqual(push.body['status'], 'completed', push.body)
                return job, n
            self.assertIn(push.status, (0, 503), push.body)
        raise AssertionError('it never ended')

    def wait_for_slice(self):
        """Until a slice of some job is kept."""
        store = sqlite3.connect(os.path.join(self.dir, 'data', 'chip.db'))
        until = time.monotonic() + LONG_S
        while not store.execute('SELECT 1 FROM job_checkpoints').fetchone():
            self.assertLess(time.monotonic(), until)
            time.sleep(0.002)
        store.close()

    def assert_at_rest(self):
        self.assertIsNone(self.service.worker())


class Pushed(Pushing):
    def test_the_answer_comes_with_the_result_and_then_nothing_runs(self):
        self.assert_at_rest()
        self.assertEqual(self.service.ask('GET', '/api/ready')['status'], 'ready')  # deploy.sh asks that
        push = self.push('short.wav')
        self.assertEqual(push.result(), 200)
        self.assertEqual(push.body['status'], 'completed')
        self.assert_at_rest()
        self.assertTrue(self.service.result(push.job)['transcript']['segments'])

    def test_without_a_request_nothing_is_begun(self):
        job = self.service.submit(self.recordings.url('short.wav'))
        self.assertEqual(self.push('short.wav').result(), 200)
        before = self.service.job(job)
        self.assert_at_rest()
        self.assertIn(before['status'], ('pending', 'completed'))  # never left in the middle
        self.assertEqual(self.service.job(job), before)
        self.assertEqual(self.push_until_done('short.wav', job)[1], 1)

    def test_a_client_that_hangs_up_has_its_job_put_down_with_what_was_done(self):
        push = self.push('longer.wav')
        self.wait_for_slice()
        push.connection.sock.shutdown(socket.SHUT_RDWR)
        job = self.service.wait(push.job, lambda job: job['status'] in ('pending', 'completed'))
        self.assertEqual(job['status'], 'pending')
        self.assertEqual(job['attempts'], 0)
        self.push_until_done('longer.wav', push.job)

    def test_sigterm_while_a_request_waits_is_answered_in_time_and_a_retry_goes_on(self):
        push = self.push('longer.wav')
        self.wait_for_slice()
        self.assertLess(self.service.end(), 9)  # Cloud Run kills after 10 s
        self.assertEqual((push.result(), push.body['error']['code']), (503, 'stopping'))
        self.start()  # another instance of the same store
        job = self.service.job(push.job)
        self.assertEqual((job['status'], job['attempts']), ('pending', 0))
        self.push_until_done('longer.wav', push.job)

    def test_an_instance_that_is_killed_loses_a_slice_at_most(self):
        push = self.push('longer.wav')
        self.wait_for_slice()
        self.service.end(signal.SIGKILL)
        self.assertEqual(push.result(), 0)
        self.start()
        self.push_until_done('longer.wav', push.job)
        # One try more, unless the worker could still put the job down when its server was gone.
        self.assertIn(self.service.job(push.job)['attempts'], (1, 2))


class ShorterThanTheJob(Pushing):
    def test_the_queue_s_retries_go_on_until_it_is_done(self):
        begun = time.monotonic()
        self.push_until_done('longer.wav')
        seconds = time.monotonic() - begun
        for _ in range(5):  # machines are not always equally fast
            seconds = max(2, round(seconds * 0.6))
            self.service.end()
            self.start(CHIP_WAIT_SECONDS=str(seconds))
            job, tries = self.push_until_done('longer.wav')
            if tries > 1:
                break
        self.assertGreater(tries, 1)
        self.assert_at_rest()
        self.assertEqual(self.service.job(job)['attempts'], 1)  # being put down costs none
        self.assertGreater(len(self.service.result(job)['transcript']['segments']), 10)


if __name__ == '__main__':
    unittest.main(verbosity=1)
