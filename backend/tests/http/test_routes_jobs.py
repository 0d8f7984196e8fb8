"""Jobs over HTTP: handing in, reading, listing, cancelling, redoing, deleting; the web app's own."""
import os
import shutil
import unittest

import api
from api import URL, new_id


class HandingIn(api.Case):
    def test_a_job_is_accepted_and_can_be_read_where_it_is_said_to_be(self):
        body = {'fileUrl': URL + '?token=secret', 'title': 'Stand-up', 'priority': 3,
                'callbackUrl': 'http://127.0.0.1:9/hook?key=secret',
                'options': {'model': 'moonshine-base', 'language': 'pt-BR', 'minSpeakers': 2, 'maxSpeakers': 4,
                            'track': 1, 'hotwords': ['Ljubljana'], 'meetingDate': '2026-11-24'}}
        reply = self.ask('POST', '/api/process', body, expect=202)
        accepted = reply.json()
        self.assertIs(accepted['success'], True)
        self.assertEqual(accepted['status'], 'pending')
        self.assertEqual(reply.headers['Location'], '/api/jobs/' + accepted['jobId'])
        job = self.get(reply.headers['Location']).json()
        self.assertEqual(job, accepted['job'])
        self.assertEqual(job['options'], body['options'])
        self.assertEqual(job['title'], 'Stand-up')
        self.assertEqual(job['priority'], 3)
        self.assertEqual(job['progress'], 0)

    def test_callbacks_are_called_by_https_unless_their_host_is_listed(self):
        self.submit(callbackUrl='https://app.example/hook')
        self.submit(callbackUrl='http://127.0.0.1:9/hook')  # is listed
        self.submit(fileUrl='http://app.example/a.wav')
        self.refused('POST', '/api/process', {'fileUrl': URL, 'callbackUrl': 'http://app.example/hook'}, 400,
                     'callbackUrl: ')

    def test_secrets_in_addresses_are_kept_but_never_shown(self):
        job = self.submit(fileUrl=URL + '?token=secret', callbackUrl='http://127.0.0.1:9/hook?key=secret')
        text = self.get('/api/jobs/' + job).body.decode()
        self.assertNotIn('secret', text)
        self.assertIn(URL, text)
        row = self.server.call('get_job', id=job)
        self.assertEqual(row['source'], {'kind': 'url', 'url': URL + '?token=secret'})
        self.assertEqual(row['callback_url'], 'http://127.0.0.1:9/hook?key=secret')

    def test_the_store_gets_options_under_its_own_names(self):
        job = self.submit(options={'minSpeakers': 2, 'meetingDate': '2026-11-24', 'eager': False, 'track': None})
        self.assertEqual(self.server.call('get_job', id=job)['options'],
                         {'min_speakers': 2, 'meeting_date': '2026-11-24', 'eager': False})

    def test_the_same_again_is_the_same_job(self):
        job = new_id()
        first = self.ask('POST', '/api/process', {'jobId': job.upper(), 'fileUrl': URL}, expect=202)
        again = self.ask('POST', '/api/process', {'fileUrl': URL, 'jobId': job}, expect=202)
        self.assertEqual(first.json()['jobId'], job)
        self.assertEqual(again.json()['job'], first.json()['job'])

    def test_an_address_signed_anew_is_the_same_recording(self):
        job = new_id()
        for query in ('?token=a', '?token=b', '', '?X-Goog-Signature=1&X-Goog-Expires=2', '?Expires=1&Signature=x'):
            self.ask('POST', '/api/process', {'jobId': job, 'fileUrl': URL + query}, expect=202)
        self.refused('POST', '/api/process', {'jobId': job, 'fileUrl': URL + '?id=2&token=a'}, 409, '')

    def test_another_content_under_the_same_id_is_a_conflict(self):
        job = self.submit(title='one')
        for more in ({'title': 'two'}, {}, {'title': 'one', 'options': {'speakers': 2}},
                     {'title': 'one', 'priority': 1}, {'title': 'one', 'fileUrl': URL + '2'},
                     {'title': 'one', 'userId': new_id()},
                     {'title': 'one', 'callbackUrl': URL}):
            error = self.refused('POST', '/api/process', {'fileUrl': URL, 'jobId': job, **more}, 409, '')
            self.assertEqual(error['code'], 'conflict')

    def test_an_idempotency_key_names_the_job(self):
        key = {'Idempotency-Key': 'monday / 1'}
        one, two = self.submit(headers=key), self.submit(headers=key)
        self.assertEqual(one, two)
        self.assertNotEqual(self.submit(headers={'Idempotency-Key': 'monday / 2'}), one)
        self.refused('POST', '/api/process', {'fileUrl': URL}, 400, 'Idempotency-Key',
                     headers={'Idempotency-Key': 'x' * 256})

    def test_without_either_each_is_a_job_of_its_own(self):
        self.assertNotEqual(self.submit(), self.submit())

    def test_what_makes_no_sense_is_refused_with_its_place(self):
        hotwords = 'options.hotwords: each must be'
        for body, message in (
                ({}, 'fileUrl: either fileUrl or uploadId must be there'),
                ({'fileUrl': URL, 'uploadId': new_id()}, 'only one of them'),
                ({'fileUrl': URL, 'speeker': 1}, 'speeker: there is no such member'),
                ({'fileUrl': URL, 'options': {'speeker': 1}}, 'options.speeker: there is no such member'),
                ({'fileUrl': URL, 'options': []}, 'options: must be an object'),
                ({'fileUrl': 7}, 'fileUrl: must be a string'),
                ({'fileUrl': 'x' * 5000}, 'fileUrl: must have at most 4096 characters'),
                ({'fileUrl': 'file:///etc/passwd'}, 'fileUrl: '),
                ({'fileUrl': 'nonsense'}, 'fileUrl: '),
                ({'fileUrl': 'http://user:pw@127.0.0.1/x'}, 'fileUrl: '),
                ({'fileUrl': 'http://169.254.169.254/latest/meta-data'}, 'fileUrl: '),
                ({'fileUrl': 'http://10.0.0.1/x'}, 'fileUrl: '),
                ({'fileUrl': URL, 'callbackUrl': 'http://192.168.1.1/'}, 'callbackUrl: '),
                ({'fileUrl': URL, 'jobId': '../../etc'}, 'jobId: must be a UUID'),
                ({'fileUrl': URL, 'userId': 'me'}, 'userId: must be a UUID'),
                ({'fileUrl': URL, 'title': 'a\nb'}, 'title: must be one line'),
                ({'fileUrl': URL, 'title': 'x' * 301}, 'title: must have at most 300 characters'),
                ({'fileUrl': URL, 'priority': 11}, 'priority: must be a whole number from -10 to 10'),
                ({'fileUrl': URL, 'priority': 1.5}, 'priority: must be a whole number'),
                ({'fileUrl': URL, 'options': {'model': '../../x'}}, 'options.model: '),
                ({'fileUrl': URL, 'options': {'language': 'english!'}}, 'options.language: '),
                ({'fileUrl': URL, 'options': {'speakers': 0}}, 'options.speakers: must be a whole number from 1 to 100'),
                ({'fileUrl': URL, 'options': {'minSpeakers': 3, 'maxSpeakers': 2}}, 'options.minSpeakers: '),
                ({'fileUrl': URL, 'options': {'speakers': 5, 'maxSpeakers': 2}}, 'options.speakers: must lie'),
                ({'fileUrl': URL, 'options': {'track': 65}}, 'options.track: '),
                ({'fileUrl': URL, 'options': {'eager': 'yes'}}, 'options.eager: must be true or false'),
                ({'fileUrl': URL, 'options': {'meetingDate': '2026-02-30'}}, 'options.meetingDate: '),
                ({'fileUrl': URL, 'options': {'hotwords': 'x'}}, 'options.hotwords: must be an array'),
                ({'fileUrl': URL, 'options': {'hotwords': [' ']}}, hotwords),
                ({'fileUrl': URL, 'options': {'hotwords': [7]}}, hotwords),
                ({'fileUrl': URL, 'options': {'hotwords': ['x' * 51]}}, hotwords),
                ({'fileUrl': URL, 'options': {'hotwords': ['x'] * 1001}}, 'options.hotwords: must have at most 1000')):
            with self.subTest(body=str(body)[:100]):
                error = self.refused('POST', '/api/process', body, 400, message)
                self.assertEqual(error['code'], 'invalid')

    def test_a_body_that_is_no_json_is_refused(self):
        self.ask('POST', '/api/process', b'{', headers={'Content-Type': 'application/json'}, expect=400)
        self.ask('POST', '/api/process', b'{}', headers={'Content-Type': 'text/plain'}, expect=415)

    def test_an_upload_that_is_not_there_is_said_so(self):
        self.ask('POST', '/api/process', {'uploadId': new_id()}, expect=404)


class HandingInUploads(api.Case):
    def submit_upload(self, upload, **more):
        return self.ask('POST', '/api/process', {'uploadId': upload, **more}, expect=202).json()['jobId']

    def test_a_job_names_its_upload_and_the_server_where_it_lies(self):
        upload = self.upload(b'RIFF')
        job = self.submit_upload(upload.upper())
        self.assertEqual(self.server.call('get_job', id=job)['source'],
                         {'kind': 'upload', 'upload_id': upload, 'node': 'here', 'name': 'talk.wav'})
        self.assertEqual(self.get('/api/jobs/' + job).json()['source'],
                         {'kind': 'upload', 'uploadId': upload, 'name': 'talk.wav'})

    def test_an_upload_makes_one_job_however_often_it_is_handed_in(self):
        upload, job = self.upload(b'RIFF'), new_id()
        for _ in range(2):
            self.assertEqual(self.submit_upload(upload, jobId=job), job)
        self.refused('POST', '/api/process', {'uploadId': upload}, 409, '')
        shutil.rmtree(os.path.join(self.folder, 'uploads', upload))  # as when the worker has taken it
        self.assertEqual(self.submit_upload(upload, jobId=job), job)

    def test_a_refused_job_leaves_its_upload_free(self):
        upload, taken = self.upload(b'RIFF'), self.submit()
        self.refused('POST', '/api/process', {'uploadId': upload, 'jobId': taken}, 409, '')
        self.submit_upload(upload)

    def test_an_incomplete_upload_is_for_the_eager_only(self):
        upload = self.upload(b'RIFF', length=100)
        self.refused('POST', '/api/process', {'uploadId': upload}, 409, 'not complete yet')
        self.submit_upload(upload, options={'eager': True})


class Batches(api.Case):
    def test_each_is_a_job(self):
        reply = self.ask('POST', '/api/process', {'jobs': [{'fileUrl': URL + '?n=%d' % i} for i in range(3)]},
                         expect=202).json()
        self.assertIs(reply['success'], True)
        self.assertEqual(len({one['jobId'] for one in reply['jobs']}), 3)
        for i, one in enumerate(reply['jobs']):
            self.assertEqual(self.server.call('get_job', id=one['jobId'])['source']['url'], URL + '?n=%d' % i)

    def test_if_one_makes_no_sense_none_is_made(self):
        before = self.server.call('queue_stats')
        self.refused('POST', '/api/process', {'jobs': [{'fileUrl': URL}, {'fileUrl': URL, 'options': {'track': 0}}]},
                     400, 'jobs[1].options.track: ')
        self.assertEqual(self.server.call('queue_stats')['pending'], before['pending'])

    def test_what_is_refused_does_not_stop_the_others(self):
        taken = self.submit(title='taken')
        reply = self.ask('POST', '/api/process', {'jobs': [
            {'fileUrl': URL}, {'fileUrl': URL, 'jobId': taken}, {'uploadId': new_id()}, {'fileUrl': URL}]},
            expect=202).json()
        self.assertIs(reply['success'], False)
        self.assertEqual([one['success'] for one in reply['jobs']], [True, False, False, True])
        self.assertEqual([one['error']['code'] for one in reply['jobs'][1:3]], ['conflict', 'not_found'])

    def test_a_key_names_all_of_them(self):
        ask = lambda: self.ask('POST', '/api/process', {'jobs': [{'fileUrl': URL}, {'fileUrl': URL}]},
                               headers={'Idempotency-Key': 'batch'}, expect=202).json()
        ids = [[one['jobId'] for one in ask()['jobs']] for _ in range(2)]
        self.assertEqual(ids[0], ids[1])
        self.assertNotEqual(ids[0][0], ids[0][1])

    def test_none_too_many_and_other_members_are_refused(self):
        self.refused('POST', '/api/process', {'jobs': []}, 400, 'jobs: must have at least one')
        self.refused('POST', '/api/process', {'jobs': [{'fileUrl': URL}] * 101}, 400, 'jobs: must have at most 100')
        self.refused('POST', '/api/process', {'jobs': [{'fileUrl': URL}], 'title': 'x'}, 400, 'title: ')
        self.refused('POST', '/api/process', {'jobs': [7]}, 400, 'jobs[0]: must be an object')


class Jobs(api.Case):
    def test_a_job_that_is_not_there_is_not_found(self):
        for method, end in (('GET', ''), ('DELETE', ''), ('POST', '/cancel'), ('POST', '/redo'), ('GET', '/events'),
                            ('GET', '/analysis'), ('GET', '/export'), ('GET', '/audio'), ('GET', '/deliveries'),
                            ('POST', '/token')):
            for job in (new_id(), 'nonsense'):
                self.assertEqual(self.ask(method, '/api/jobs/%s%s' % (job, end), expect=404).error()['code'],
                                 'not_found')

    def test_an_id_in_capitals_is_the_same_job(self):
        job = self.submit()
        self.assertEqual(self.get('/api/jobs/' + job.upper()).json()['jobId'], job)

    def test_polling_costs_nothing_while_nothing_changes(self):
        job = self.submit()
        tag = self.get('/api/jobs/' + job).headers['ETag']
        reply = self.get('/api/jobs/' + job, headers={'If-None-Match': tag}, expect=304)
        self.assertEqual(reply.body, b'')
        self.claim(job)
        self.get('/api/jobs/' + job, headers={'If-None-Match': tag}, expect=200)

    def test_progress_is_shown_as_the_worker_tells_it(self):
        job = self.submit()
        self.heartbeat(self.claim(job), stage='transcribe', progress=40, speed=20.5, eta_seconds=3, duration_ms=60000)
        seen = self.get('/api/jobs/' + job).json()
        self.assertEqual((seen['status'], seen['stage'], seen['progress'], seen['speed'], seen['etaSeconds'],
                          seen['durationMs'], seen['attempts']), ('processing', 'transcribe', 40, 20.5, 3, 60000, 1))

    def test_every_poll_shows_the_last_change_and_repeats_it_until_the_next(self):
        job, other = self.submit(), self.submit()
        leased = self.claim(job)
        for progress in range(1, 30):
            self.heartbeat(leased, stage='transcribe', progress=progress)
            self.assertEqual(self.get('/api/jobs/' + job).json()['progress'], progress)
            self.assertEqual(self.get('/api/jobs/' + job).json()['progress'], progress)
            self.assertEqual(self.get('/api/jobs/' + other).json()['progress'], 0)
        self.ask('POST', '/api/jobs/%s/cancel' % job, {})
        self.assertEqual(self.get('/api/jobs/' + job).json()['status'], 'cancelled')
        self.ask('DELETE', '/api/jobs/' + job, expect=204)
        self.get('/api/jobs/' + job, expect=404)

    def test_time_left_is_said_only_while_a_job_is_in_work(self):
        job = self.submit()
        row = self.claim(job)
        self.heartbeat(row, stage='transcribe', progress=40, speed=20.5, eta_seconds=3)
        self.server.call('complete_job', id=job, lease_token=row['lease_token'], analysis={})
        seen = self.get('/api/jobs/' + job).json()
        self.assertEqual((seen['progress'], seen['speed'], seen['etaSeconds']), (100, 20.5, None))
        job = self.submit()
        self.heartbeat(self.claim(job), stage='transcribe', progress=40, speed=20.5, eta_seconds=3)
        self.ask('POST', '/api/jobs/%s/cancel' % job, expect=200)
        seen = self.get('/api/jobs/' + job).json()
        self.assertEqual((seen['progress'], seen['speed'], seen['etaSeconds']), (40, None, None))

    def test_a_failed_job_says_why(self):
        job = self.submit()
        self.fail_job(job, 'no sound in it')
        seen = self.get('/api/jobs/' + job).json()
        self.assertEqual(seen['status'], 'failed')
        self.assertEqual(seen['error'], {'code': 'bad_media', 'message': 'no sound in it', 'stage': 'fetch',
                                         'retryable': False})
        self.assertIsNotNone(seen['finishedAt'])

    def test_jobs_are_listed_newest_first_page_by_page(self):
        jobs = [self.submit(title='list me %d' % i) for i in range(5)]
        page = self.get('/api/jobs?query=list+me&limit=2').json()
        found = [job['jobId'] for job in page['jobs']]
        while page['next']:
            page = self.get('/api/jobs?query=list+me&limit=2&before=' + page['next']).json()
            found += [job['jobId'] for job in page['jobs']]
        self.assertEqual(found, jobs[::-1])

    def test_jobs_are_listed_by_state(self):
        job = self.submit()
        self.fail_job(job)
        self.assertIn(job, [one['jobId'] for one in self.get('/api/jobs?status=failed').json()['jobs']])
        self.assertNotIn(job, [one['jobId'] for one in self.get('/api/jobs?status=pending').json()['jobs']])
        self.ask('GET', '/api/jobs?status=lost', expect=400)
        self.refused('GET', '/api/jobs?limit=0', None, 400, 'limit: must be a whole number from 1 to 200')
        self.refused('GET', '/api/jobs?limit=x', None, 400, 'limit: ')

    def test_a_job_is_cancelled_once(self):
        job = self.submit()
        for _ in range(2):
            self.assertEqual(self.ask('POST', '/api/jobs/%s/cancel' % job, expect=200).json()['status'], 'cancelled')
        done = self.submit()
        self.complete(done)
        self.ask('POST', '/api/jobs/%s/cancel' % done, expect=409)

    def test_a_finished_job_is_done_again_whole_or_in_part(self):
        job = self.submit()
        self.ask('POST', '/api/jobs/%s/redo' % job, expect=409)
        self.complete(job)
        again = self.ask('POST', '/api/jobs/%s/redo' % job,
                         {'stage': 'speakers', 'options': {'speakers': 4}}, expect=202).json()
        self.assertEqual((again['status'], again['redo'], again['options']), ('pending', 'speakers', {'speakers': 4}))
        self.complete(job)
        again = self.ask('POST', '/api/jobs/%s/redo' % job, expect=202).json()
        self.assertEqual((again['redo'], again['options']), (None, {'speakers': 4}))

    def test_a_redo_changes_the_options_that_it_names_and_keeps_the_rest(self):
        def redo(**options):
            seen = self.ask('POST', '/api/jobs/%s/redo' % job, {'stage': 'speakers', 'options': options},
                            expect=202).json()['options']
            self.complete(job)
            return seen
        rest = {'language': 'en', 'hotwords': ['Ljubljana'], 'track': 2}
        job = self.submit(options={**rest, 'minSpeakers': 2, 'maxSpeakers': 3})
        self.complete(job)
        self.refused('POST', '/api/jobs/%s/redo' % job, {'options': {'minSpeakers': 5}}, 400,
                     'options.minSpeakers: must not be more than maxSpeakers, which is 3')
        self.assertEqual(redo(speakers=4), {**rest, 'speakers': 4})
        self.assertEqual(redo(), {**rest, 'speakers': 4})
        self.assertEqual(redo(maxSpeakers=6, track=None),
                         {'language': 'en', 'hotwords': ['Ljubljana'], 'maxSpeakers': 6})
        self.assertEqual(redo(hotwords=['Drava'], speakers=None),
                         {'language': 'en', 'hotwords': ['Drava'], 'maxSpeakers': 6})

    def test_a_redo_that_makes_no_sense_is_refused(self):
        job = self.submit()
        for body, message in (({'stage': 'dance'}, 'stage: must be one of: transcribe speakers metrics'),
                              ({'stage': 'transcribe speakers'}, 'stage: '), ({'stage': ''}, 'stage: '),
                              ({'options': {'speakers': 0}}, 'options.speakers: '), ({'x': 1}, 'x: there is no')):
            self.refused('POST', '/api/jobs/%s/redo' % job, body, 400, message)

    def test_a_job_gets_another_title_or_none(self):
        job = self.submit(title='Old')
        self.complete(job, {'title': 'Old'})
        seen = self.ask('PATCH', '/api/jobs/' + job, {'title': 'New'}, expect=200).json()
        self.assertEqual((seen['title'], seen['status']), ('New', 'completed'))
        self.assertEqual(self.get('/api/jobs/%s/analysis' % job).json()['title'], 'New')
        self.assertIsNone(self.ask('PATCH', '/api/jobs/' + job, {'title': None}, expect=200).json()['title'])
        for body, message in (({}, 'title: must be there'), ({'title': 7}, 'title: must be a string'),
                              ({'title': 'x' * 301}, 'title: '), ({'title': 'x', 'status': 'failed'}, 'status: ')):
            self.refused('PATCH', '/api/jobs/' + job, body, 400, message)
        self.ask('PATCH', '/api/jobs/' + new_id(), {'title': 'x'}, expect=404)

    def test_a_deleted_job_is_gone_with_its_recording(self):
        job = self.submit()
        folder = os.path.join(self.folder, 'recordings', job)
        os.makedirs(folder)
        with open(os.path.join(folder, 'source'), 'wb') as file:
            file.write(b'RIFF')
        reply = self.ask('DELETE', '/api/jobs/' + job, expect=204)
        self.assertEqual(reply.body, b'')
        self.get('/api/jobs/' + job, expect=404)
        self.assertFalse(os.path.exists(folder))
        self.ask('DELETE', '/api/jobs/' + job, expect=404)

    def test_webhooks_are_listed_with_their_tries(self):
        job = self.submit(callbackUrl='http://127.0.0.1:9/hook?key=secret')
        self.complete(job)
        row = next(r for r in self.server.call('claim_deliveries', limit=100, lease_seconds=60) if r['job_id'] == job)
        self.server.call('finish_delivery', id=row['id'], ok=False, http_status=503, error='it says 503', ms=12,
                         retry_seconds=5)
        reply = self.get('/api/jobs/%s/deliveries' % job)
        self.assertNotIn(b'secret', reply.body)
        (one,) = reply.json()['deliveries']
        self.assertEqual((one['event'], one['status'], one['attempts'], one['httpStatus']),
                         ('job.completed', 'pending', 1, 503))
        self.assertEqual((one['tries'][0]['httpStatus'], one['tries'][0]['error'], one['tries'][0]['ms']),
                         (503, 'it says 503', 12))

    def test_who_did_what_is_listed_newest_first(self):
        job = self.submit()
        for i in range(3):
            self.server.call('add_audit', entries=[{'actor': 'cli', 'action': 'job.show', 'job_id': job,
                                                    'detail': {'some_number': i}}])
        page = self.get('/api/jobs/%s/audit?limit=2' % job).json()['audit']
        self.assertEqual([one['detail']['someNumber'] for one in page], [2, 1])
        rest = self.get('/api/jobs/%s/audit?before=%d' % (job, page[-1]['id'])).json()['audit']
        self.assertEqual(rest[0]['detail'], {'someNumber': 0})


class TheWebApp(api.Case):
    def poll(self, job):
        return self.get('/api/process-job?jobId=' + job).json()

    def test_a_job_is_started_and_polled_to_its_end(self):
        job = new_id()
        reply = self.ask('POST', '/api/process-job', {'jobId': job, 'fileUrl': URL, 'title': 'x'}, expect=200).json()
        self.assertEqual(reply, {'success': True, 'jobId': job, 'status': 'processing'})
        self.assertEqual(self.poll(job)['status'], 'pending')
        row = self.claim(job)
        self.heartbeat(row, stage='transcribe', progress=50)
        seen = self.poll(job)
        self.assertEqual((seen['status'], seen['stage'], seen['progress'], seen['error'], seen['completedAt']),
                         ('processing', 'transcribe', 50, None, None))
        self.server.call('complete_job', id=job, lease_token=row['lease_token'], analysis={})
        seen = self.poll(job)
        self.assertEqual((seen['status'], seen['progress']), ('completed', 100))
        self.assertIsNotNone(seen['completedAt'])
        self.assertEqual(self.ask('POST', '/api/process-job', {'jobId': job}, expect=200).json()['status'], 'completed')

    def test_what_failed_begins_anew_and_says_why_until_then(self):
        job = self.submit()
        self.fail_job(job, 'no sound in it')
        seen = self.poll(job)
        self.assertEqual((seen['status'], seen['error']), ('failed', 'no sound in it'))
        reply = self.ask('POST', '/api/process-job', {'jobId': job.upper()}, expect=200).json()
        self.assertEqual(reply, {'success': True, 'jobId': job, 'status': 'processing'})
        self.assertEqual((self.poll(job)['status'], self.poll(job)['error']), ('pending', None))

    def test_a_cancelled_job_ends_the_polling(self):
        job = self.submit()
        self.ask('POST', '/api/jobs/%s/cancel' % job, expect=200)
        seen = self.poll(job)
        self.assertEqual((seen['status'], seen['error']), ('failed', 'the job was cancelled'))

    def test_unknown_and_missing_jobs_are_errors(self):
        self.get('/api/process-job?jobId=' + new_id(), expect=404)
        self.get('/api/process-job?jobId=1', expect=400)
        self.get('/api/process-job', expect=400)
        self.ask('POST', '/api/process-job', {'jobId': new_id()}, expect=404)
        self.refused('POST', '/api/process-job', {}, 400, 'jobId: must be there')
        self.refused('POST', '/api/process-job', {'jobId': new_id(), 'filUrl': URL}, 400, 'filUrl: ')


if __name__ == '__main__':
    unittest.main()
