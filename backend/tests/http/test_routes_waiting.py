"""POST /api/process?wait=true: the request stays open until its job is over, or time is up."""
import threading
import unittest

import api
from api import URL, new_id

WAIT = '/api/process?wait=true'


class Asking(threading.Thread):
    """A request that waits, in a thread of its own."""

    def __init__(self, case, job, **headers):
        super().__init__(daemon=True)
        self.case, self.job, self.headers, self.reply = case, job, headers, None
        self.start()

    def run(self):
        self.reply = self.case.ask('POST', WAIT, {'jobId': self.job, 'fileUrl': URL}, headers=self.headers)

    def answer(self):
        self.join(timeout=api.PATIENCE)
        return self.reply


class Waiting(api.Case):
    settings = ('wait_ms=25000',)

    def test_the_answer_is_the_finished_job(self):
        job = new_id()
        asking = Asking(self, job)
        self.wait_for_job(job)
        self.complete(job, {'title': 'Stand-up'})
        reply = asking.answer()
        self.assertEqual(reply.status, 200)
        self.assertEqual((reply.json()['jobId'], reply.json()['status']), (job, 'completed'))
        self.assertEqual(reply.json()['job'], self.get('/api/jobs/' + job).json())

    def test_a_job_that_failed_is_answered_200_since_a_retry_would_not_help(self):
        job = new_id()
        asking = Asking(self, job)
        self.wait_for_job(job)
        self.fail_job(job, 'it is no recording')
        reply = asking.answer()
        self.assertEqual((reply.status, reply.json()['status']), (200, 'failed'))
        self.assertEqual(reply.json()['job']['error']['message'], 'it is no recording')

    def test_a_job_that_is_cancelled_or_deleted_ends_the_queue_s_tries(self):
        cancelled, deleted = new_id(), new_id()
        asking = [Asking(self, job) for job in (cancelled, deleted)]
        self.wait_for_job(cancelled)
        self.wait_for_job(deleted)
        self.ask('POST', '/api/jobs/%s/cancel' % cancelled, expect=200)
        self.ask('DELETE', '/api/jobs/' + deleted, expect=204)
        self.assertEqual([a.answer().status for a in asking], [200, 204])

    def test_a_job_that_is_over_already_is_answered_at_once_however_often(self):
        job = self.submit(jobId=new_id())
        self.complete(job)
        for _ in range(3):
            self.assertEqual(self.ask('POST', WAIT, {'jobId': job, 'fileUrl': URL}, expect=200).json()['status'],
                             'completed')

    def test_two_that_wait_for_one_job_both_get_it(self):
        job = new_id()
        asking = [Asking(self, job), Asking(self, job)]
        self.wait_for_job(job)
        self.complete(job)
        self.assertEqual([a.answer().status for a in asking], [200, 200])
        self.assertEqual(self.get('/api/jobs/' + job).json()['attempts'], 1)

    def test_a_retry_must_be_able_to_find_its_job(self):
        self.refused('POST', WAIT, {'fileUrl': URL}, 400, 'Idempotency-Key')
        self.refused('POST', WAIT, {'jobs': [{'fileUrl': URL}]}, 400, 'one job at a time')
        self.refused('POST', '/api/process?wait=1', {'fileUrl': URL}, 400, 'true or false')
        self.ask('POST', '/api/process?wait=false', {'fileUrl': URL}, expect=202)

    def wait_for_job(self, job):
        """Until the other thread's request has made it."""
        stop = threading.Event()
        for _ in range(api.PATIENCE * 100):
            if self.ask('GET', '/api/jobs/' + job).status == 200:
                return
            stop.wait(0.01)
        self.fail('the job was not made')


class TimeIsUp(api.Case):
    settings = ('wait_ms=50',)

    def test_then_it_is_503_what_was_done_is_kept_and_a_retry_goes_on(self):
        job, name = new_id(), {'Idempotency-Key': 'task-7'}
        body = {'jobId': job, 'fileUrl': URL}
        reply = self.ask('POST', WAIT, body, expect=503)
        self.assertEqual((reply.error()['code'], reply.headers['Retry-After']), ('not_done_yet', '2'))
        self.assertEqual(reply.error()['details'], {'jobId': job, 'status': 'pending', 'progress': 0})
        row = self.claim(job)
        self.heartbeat(row, stage='transcribe', progress=40)
        reply = self.ask('POST', WAIT, body, headers=name, expect=503)
        self.assertEqual(reply.error()['details'], {'jobId': job, 'status': 'processing', 'progress': 40})
        self.server.call('complete_job', id=job, lease_token=row['lease_token'], analysis={})
        self.assertEqual(self.ask('POST', WAIT, body, expect=200).json()['job']['attempts'], 1)

    def test_a_name_does_instead_of_an_id(self):
        first, again = (self.ask('POST', WAIT, {'fileUrl': URL}, headers={'Idempotency-Key': 'task-8'}, expect=503)
                        for _ in range(2))
        self.assertEqual(first.error()['details']['jobId'], again.error()['details']['jobId'])


if __name__ == '__main__':
    unittest.main()
