"""GET /api/jobs/{id}/events: live, from the beginning or from where a client was."""
import time
import unittest

import api


class Events(api.Case):
    def kinds(self, events):
        for event in events:
            self.check_event(event)
        return [event.kind for event in events]

    def test_a_finished_job_is_told_from_its_beginning_and_ends(self):
        job = self.submit()
        row = self.claim(job)
        self.heartbeat(row, stage='transcribe', progress=50, events=[
            {'kind': 'segments', 'data': {'segments': [{'start_ms': 0, 'end_ms': 900, 'text': 'Grüße\n"dir"',
                                                        'speaker': None}]}},
            {'kind': 'warning', 'data': {'message': 'a hole'}}])
        self.server.call('complete_job', id=job, lease_token=row['lease_token'], analysis={}, warnings=['a hole'])
        stream = self.stream(job)
        self.assertEqual(stream.status, 200)
        headers = stream.response.headers
        self.assertEqual(headers['Content-Type'], 'text/event-stream; charset=utf-8')
        self.assertEqual(headers['Cache-Control'], 'no-cache')
        self.assertEqual(headers['X-Accel-Buffering'], 'no')
        self.assertIsNone(headers['Content-Length'])
        self.assertIsNone(headers['Content-Encoding'])
        self.assertEqual(stream.block(), 'retry: 3000')
        events = stream.rest()
        self.assertEqual([event.id for event in events], list(range(1, len(events) + 1)))
        kinds = self.kinds(events)
        self.assertEqual(kinds[0], 'status')
        self.assertEqual(kinds[-1], 'completed')
        self.assertEqual(sorted(set(kinds)), ['completed', 'progress', 'segments', 'status', 'warning'])
        (segments,) = [event.data for event in events if event.kind == 'segments']
        self.assertEqual(segments, {'segments': [{'startMs': 0, 'endMs': 900, 'text': 'Grüße\n"dir"',
                                                  'speaker': None}]})

    def test_events_come_as_they_happen(self):
        job = self.submit()
        stream = self.stream(job)
        self.assertEqual(stream.next().data, {'status': 'pending', 'stage': None})
        row = self.claim(job)
        self.assertEqual(stream.next().data['status'], 'processing')
        for percent in (10, 20):
            self.heartbeat(row, stage='transcribe', progress=percent)
            event = stream.next()
            self.assertEqual((event.kind, event.data['progress']), ('progress', percent))
            self.check_event(event)
        self.server.call('complete_job', id=job, lease_token=row['lease_token'], analysis={})
        self.assertEqual(self.kinds(stream.rest()), ['completed'])

    def test_an_idle_stream_is_kept_open_by_comments(self):
        stream = self.stream(self.submit())
        blocks = [stream.block() for _ in range(5)]
        self.assertEqual(blocks[0], 'retry: 3000')
        self.assertTrue(blocks[1].startswith('id: 1\n'))
        self.assertEqual(blocks[2:], [': ping'] * 3)

    def test_a_failure_is_not_called_error_which_clients_have_a_handler_for(self):
        job = self.submit()
        self.fail_job(job, 'no sound')
        events = self.stream(job).rest()
        self.assertEqual(self.kinds(events)[-1], 'failed')
        self.assertEqual(events[-1].data['error']['message'], 'no sound')

    def test_a_retry_goes_on(self):
        job = self.submit()
        row = self.claim(job)
        stream = self.stream(job)
        self.server.call('fail_job', id=job, lease_token=row['lease_token'], retry_seconds=0,
                         error={'code': 'network', 'message': 'cut', 'stage': 'fetch', 'retryable': True})
        kinds = [stream.next().kind for _ in range(3)]
        self.assertEqual(kinds, ['status', 'status', 'retry'])
        self.ask('POST', '/api/jobs/%s/cancel' % job, expect=200)
        self.assertEqual(self.kinds(stream.rest()), ['cancelled'])

    def test_who_comes_back_gets_what_was_missed_once_and_in_order(self):
        job = self.submit()
        row = self.claim(job)
        for percent in range(1, 31):
            self.heartbeat(row, stage='transcribe', progress=percent)
        first = self.stream(job)
        seen = [first.next().id for _ in range(7)]
        first.close()
        for percent in range(31, 70):
            self.heartbeat(row, progress=percent)
        second = self.stream(job, Last_Event_ID=str(seen[-1]))
        self.server.call('complete_job', id=job, lease_token=row['lease_token'], analysis={})
        rest = [event.id for event in second.rest()]
        self.assertEqual(seen + rest, list(range(1, 2 + 69 + 1 + 1)))

    def test_more_events_than_are_read_at_once_all_arrive(self):
        for n in (50, 51, 100, 173):  # with the first and the last two or so, around what is read at once
            job = self.submit()
            row = self.claim(job)
            events = [{'kind': 'warning', 'data': {'message': 'x' * 2000}} for _ in range(n - 3)]
            self.heartbeat(row, events=events)
            self.server.call('complete_job', id=job, lease_token=row['lease_token'], analysis={})
            self.assertEqual([event.id for event in self.stream(job).rest()], list(range(1, n + 1)))

    def test_an_id_that_was_never_sent_means_all_again(self):
        job = self.submit()
        self.complete(job)
        for last in ('0', '-1', 'x', '99', '1x', '18446744073709551616'):
            self.assertEqual(self.stream(job, Last_Event_ID=last).next().id, 1)

    def test_nothing_missed_and_ended_is_204_after_which_clients_stay_away(self):
        job = self.submit()
        self.complete(job)
        last = self.get('/api/jobs/' + job).json()['seq']
        self.get('/api/jobs/%s/events' % job, headers={'Last-Event-ID': str(last)}, expect=204)
        self.assertEqual(self.stream(job, Last_Event_ID=str(last - 1)).next().kind, 'completed')

    def test_a_job_done_again_is_told_on(self):
        job = self.submit()
        self.complete(job)
        self.ask('POST', '/api/jobs/%s/redo' % job, expect=202)
        stream = self.stream(job)
        kinds = [stream.next().kind for _ in range(4)]
        self.assertEqual(kinds, ['status', 'status', 'completed', 'status'])
        self.complete(job)
        self.assertEqual(self.kinds(stream.rest()), ['status', 'completed'])

    def test_a_deleted_job_ends_its_streams(self):
        job = self.submit()
        stream = self.stream(job)
        stream.next()
        self.ask('DELETE', '/api/jobs/' + job, expect=204)
        self.assertEqual(stream.rest(), [])

    def test_head_has_no_stream(self):
        self.ask('HEAD', '/api/jobs/%s/events' % self.submit(), expect=200)

    def test_hundreds_of_clients_all_hear_it_soon(self):
        job, other = self.submit(), self.submit()
        streams = [self.stream(job) for _ in range(200)]
        idle = [self.stream(other) for _ in range(100)]
        for stream in streams + idle:
            self.assertEqual(stream.next().id, 1)
        start = time.monotonic()
        row = self.claim(job)
        for stream in streams:
            self.assertEqual(stream.next().data['status'], 'processing')
        self.assertLess(time.monotonic() - start, 10)
        self.server.call('complete_job', id=job, lease_token=row['lease_token'], analysis={})
        for stream in streams:
            self.assertEqual(self.kinds(stream.rest()), ['completed'])

    def test_the_server_stops_though_clients_listen(self):
        stream = self.stream(self.submit())
        stream.next()  # tearDownClass stops it while this one is still open
        self.__class__.left_open = stream.socket.dup()
        self.addClassCleanup(self.left_open.close)


if __name__ == '__main__':
    unittest.main()
