"""Whose jobs are whose: users see and change only theirs, the service all."""
import os
import unittest
from urllib.parse import urlencode

import api
from api import SECRET, URL, new_id, user_token

ANN, BOB = new_id(), new_id()
KEY = {'X-API-Key': 'the key of the service'}
OF_A_JOB = (('GET', ''), ('PATCH', ''), ('DELETE', ''), ('POST', '/cancel'), ('POST', '/redo'), ('GET', '/events'),
            ('GET', '/analysis'), ('PATCH', '/analysis'), ('GET', '/export'), ('GET', '/audio'),
            ('GET', '/deliveries'), ('GET', '/audit'), ('POST', '/token'))


def bearer(user, **claims):
    return {'Authorization': 'Bearer ' + user_token(user, **claims)}


class Users(api.Case):
    settings = ('api_keys=' + KEY['X-API-Key'], 'jwt_secret=' + SECRET)

    def setUp(self):
        self.job = self.submit(headers=bearer(ANN), title='of Ann')

    def body(self, method, end):
        bodies = {'': {'title': 'x'}, '/analysis': {'version': 1, 'title': 'x'}}
        return bodies[end] if method == 'PATCH' else None

    def test_nobody_gets_in_without_saying_who_they_are(self):
        for method, end in OF_A_JOB:
            reply = self.ask(method, '/api/jobs/%s%s' % (self.job, end), self.body(method, end), expect=401)
            self.assertIn('Bearer', reply.headers['WWW-Authenticate'])
        for path in ('/api/jobs', '/metrics', '/api/process-job?jobId=' + self.job):
            self.get(path, expect=401)
        self.ask('POST', '/api/process', {'fileUrl': URL}, expect=401)

    def test_anybody_may_ask_how_it_is(self):
        for path in ('/api/health', '/api/ready', '/api/openapi.yaml'):
            self.get(path, expect=200)

    def test_what_belongs_to_others_is_not_there(self):
        for method, end in OF_A_JOB:
            path = '/api/jobs/%s%s' % (self.job, end)
            self.ask(method, path, self.body(method, end), headers=bearer(BOB), expect=404)
        self.get('/api/process-job?jobId=' + self.job, headers=bearer(BOB), expect=404)
        self.ask('POST', '/api/process-job', {'jobId': self.job}, headers=bearer(BOB), expect=404)
        listed = self.get('/api/jobs', headers=bearer(BOB)).json()['jobs']
        self.assertEqual([one for one in listed if one['userId'] != BOB], [])
        self.assertEqual(self.get('/api/jobs/' + self.job, headers=bearer(ANN)).json()['status'], 'pending')

    def test_what_was_just_answered_to_one_is_not_there_for_another(self):
        path = '/api/jobs/' + self.job
        for _ in range(3):
            self.get(path, headers=bearer(ANN))
            self.get(path, headers=bearer(BOB), expect=404)
            self.get(path, headers=bearer(ANN))

    def test_an_id_of_somebody_else_cannot_be_taken(self):
        for path in ('/api/process', '/api/process-job'):
            error = self.refused('POST', path, {'jobId': self.job, 'fileUrl': URL, 'title': 'of Ann'}, 409, '',
                                 headers=bearer(BOB))
            self.assertNotIn(ANN, str(error))

    def test_the_same_key_of_two_users_names_two_jobs(self):
        key = {'Idempotency-Key': 'one'}
        self.assertNotEqual(self.submit(headers={**bearer(ANN), **key}), self.submit(headers={**bearer(BOB), **key}))

    def test_users_make_jobs_for_themselves_and_the_service_for_anybody(self):
        self.assertEqual(self.get('/api/jobs/' + self.job, headers=bearer(ANN)).json()['userId'], ANN)
        self.submit(headers=bearer(ANN), userId=ANN)
        self.refused('POST', '/api/process', {'fileUrl': URL, 'userId': BOB}, 403, 'userId: ', headers=bearer(ANN))
        job = self.submit(headers=KEY, userId=BOB)
        self.get('/api/jobs/' + job, headers=bearer(BOB), expect=200)

    def test_users_may_only_give_way(self):
        self.submit(headers=bearer(ANN), priority=-5)
        self.refused('POST', '/api/process', {'fileUrl': URL, 'priority': 1}, 403, 'priority: ', headers=bearer(ANN))
        self.submit(headers=KEY, priority=10)

    def test_numbers_are_for_the_service(self):
        self.get('/metrics', headers=bearer(ANN), expect=403)
        self.get('/metrics', headers=KEY, expect=200)

    def test_an_upload_of_somebody_else_is_not_there(self):
        upload = self.upload(b'RIFF', headers=bearer(ANN))
        self.ask('POST', '/api/process', {'uploadId': upload}, headers=bearer(BOB), expect=404)
        self.ask('POST', '/api/process', {'uploadId': upload}, headers=bearer(ANN), expect=202)

    def test_the_owner_sees_who_did_what_and_the_service_even_after_deletion(self):
        self.get('/api/jobs/%s/audit' % self.job, headers=bearer(ANN), expect=200)
        self.ask('DELETE', '/api/jobs/' + self.job, headers=bearer(ANN), expect=204)
        self.get('/api/jobs/%s/audit' % self.job, headers=bearer(ANN), expect=404)
        self.get('/api/jobs/%s/audit' % self.job, headers=KEY, expect=200)

    # ---- links for players ----

    def link(self, job, who, **body):
        return self.ask('POST', '/api/jobs/%s/token' % job, body or None, headers=who, expect=200).json()

    def put_recording(self, job):
        folder = os.path.join(self.folder, 'recordings', job)
        os.makedirs(folder, exist_ok=True)
        with open(os.path.join(folder, 'source'), 'wb') as file:
            file.write(b'RIFF    WAVE')

    def test_a_link_opens_what_players_read_of_this_job_and_nothing_else(self):
        link = self.link(self.job, bearer(ANN))
        self.assertEqual(link['path'], '/api/jobs/' + self.job)
        query = '?' + urlencode({'token': link['token']})
        self.put_recording(self.job)
        self.get(link['path'] + '/audio' + query, expect=200)
        stream = api.Stream(self.server.port, link['path'] + '/events' + query, {})
        self.addCleanup(stream.close)
        self.assertEqual(stream.next().id, 1)
        other = self.submit(headers=bearer(ANN))
        self.put_recording(other)
        self.get('/api/jobs/%s/audio%s' % (other, query), expect=401)
        for method, end in OF_A_JOB:
            if end not in ('/audio', '/events', '/export'):
                self.ask(method, link['path'] + end + query, self.body(method, end), expect=401)

    def test_a_link_of_the_service_is_good_too(self):
        link = self.link(self.job, KEY, seconds=60)
        self.put_recording(self.job)
        self.get('%s/audio?%s' % (link['path'], urlencode({'token': link['token']})), expect=200)

    def test_a_forged_link_opens_nothing(self):
        token = self.link(self.job, bearer(ANN))['token']
        self.put_recording(self.job)
        for forged in ('x', token[:-1], token[:-1] + ('A' if token[-1] != 'A' else 'B'), user_token(BOB, secret='x' * 40)):
            self.get('/api/jobs/%s/audio?%s' % (self.job, urlencode({'token': forged})), expect=401)

    def test_links_last_as_long_as_asked_for_but_not_for_ever(self):
        for seconds in (0, 3601, 'x'):
            self.refused('POST', '/api/jobs/%s/token' % self.job, {'seconds': seconds}, 400, 'seconds: ',
                         headers=bearer(ANN))


if __name__ == '__main__':
    unittest.main()
