"""Questions about a meeting: answered, with and without a language model, while others are served."""
import http.client
import json
import os
import sys
import threading
import unittest

import api
from api import PATIENCE, SECRET, new_id, user_token

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), '..', 'minutes', 'provider'))
from vendors import Ollama, Says, Server  # noqa: E402

KEY = {'X-API-Key': 'the key of the service'}
LINES = [('S1', 'We have to talk about the locks for the bikes.'),
         ('S2', 'The locks cost thirty five dollars, and that is a lot of money for us.'),
         ('S1', 'Let us order no new locks until the city has answered.'),
         ('S2', 'Agreed. I will ask the city office again by Friday.')]
SAID = {'text': 'Tom asks the city office again.', 'evidence': [{'segment': 3, 'quote': 'ask the city office again'}]}


def bearer(user):
    return {'Authorization': 'Bearer ' + user_token(user)}


def analysis():
    speakers = [{'id': 'S1', 'name': 'Dana'}, {'id': 'S2', 'name': 'Tom'}]
    segments = [{'id': i, 'start': i * 10.0, 'end': i * 10 + 9.0, 'speaker': speaker, 'text': text, 'confidence': 0.9,
                 'words': []} for i, (speaker, text) in enumerate(LINES)]
    return {'title': 'Locks', 'speakers': speakers, 'duration_ms': 40000,
            'transcript': {'schema': 'chip.transcript/1', 'model': 'm', 'language': 'en', 'duration': 40.0,
                           'speech': 40.0, 'speakers': speakers, 'turns': [], 'segments': segments, 'audit': []}}


class Asking(api.Case):
    def meeting(self, user):
        job = self.submit(headers=bearer(user))
        self.complete(job, analysis())
        return '/api/jobs/%s/ask' % job

    def question(self, user, path, text, **more):
        return self.ask('POST', path, {'question': text, **more}, headers=bearer(user), expect=200).json()


class WithoutModel(Asking):
    settings = ('api_keys=' + KEY['X-API-Key'], 'jwt_secret=' + SECRET)

    def setUp(self):
        self.user = new_id()
        self.path = self.meeting(self.user)

    def test_an_answer_has_the_words_that_prove_it(self):
        answer = self.question(self.user, self.path, 'How much do the locks cost?')
        self.assertEqual((answer['from'], answer['provider'], answer['insufficientEvidence']),
                         ('passages', 'builtin', False))
        citation = answer['citations'][0]
        self.assertEqual((citation['segment'], citation['start'], citation['speaker']),
                         (1, 10, {'id': 'S2', 'name': 'Tom'}))
        self.assertIn('thirty five dollars', citation['quote'])
        self.assertIn('no new locks', self.question(self.user, self.path, 'What was decided?')['answer'])

    def test_what_nobody_said_is_not_answered(self):
        answer = self.question(self.user, self.path, 'Who is the king of Spain?')
        self.assertEqual((answer['insufficientEvidence'], answer['citations'], answer['from']), (True, [], 'nothing'))

    def test_minutes_of_older_words_do_not_answer(self):
        job = self.path.split('/')[3]
        minutes = {'schema': 'chip.minutes/1', 'decisions': [{'text': 'Paint the locks red', 'evidence': []}]}
        row = self.server.call('save_analysis', job_id=job, version=1, changes={'minutes': minutes})
        self.assertIn('Paint', self.question(self.user, self.path, 'What was decided?')['answer'])
        self.server.call('save_analysis', job_id=job, version=row['version'], changes={'minutes': {**minutes, 'stale': True}})
        self.assertNotIn('Paint', self.question(self.user, self.path, 'What was decided?')['answer'])

    def test_what_makes_no_sense_is_refused(self):
        for body, message in (({}, 'question'), ({'question': ''}, 'question'), ({'question': '?!'}, 'What was decided?'),
                              ({'question': 1}, 'question'), ({'question': 'x' * 2001}, 'question'),
                              ({'question': 'Why?', 'x': 1}, 'x'), ({'question': 'Why?', 'provider': 'openai'}, 'builtin'),
                              ({'question': 'Why?', 'model': 'x'}, 'provider')):
            self.refused('POST', self.path, body, 400, message, headers=bearer(self.user))
        self.ask('POST', self.path, b'x' * 20000, headers={**bearer(self.user), 'Content-Type': 'application/json'}, expect=413)
        self.ask('POST', self.path, b'{}', headers={**bearer(self.user), 'Content-Type': 'text/plain'}, expect=415)

    def test_only_who_may_see_the_meeting_may_ask(self):
        self.ask('POST', self.path, {'question': 'Why?'}, expect=401)
        self.ask('POST', self.path, {'question': 'Why?'}, headers=bearer(new_id()), expect=404)
        self.ask('POST', self.path, {'question': 'Why?'}, headers=KEY, expect=200)
        self.ask('POST', '/api/jobs/x/ask', {'question': 'Why?'}, headers=KEY, expect=404)
        pending = self.submit(headers=bearer(self.user))
        self.ask('POST', '/api/jobs/%s/ask' % pending, {'question': 'Why?'}, headers=bearer(self.user), expect=404)


class WithModel(Asking):
    @classmethod
    def setUpClass(cls):
        cls.model = cls.enterClassContext(Server(Ollama(), {'language': 'en', 'sentences': [SAID]}))
        cls.settings = ('api_keys=' + KEY['X-API-Key'], 'jwt_secret=' + SECRET, 'ai_url=' + cls.model.url + '/v1')
        super().setUpClass()

    def setUp(self):
        self.user = new_id()
        self.path = self.meeting(self.user)
        self.model.script = []
        self.model.released.clear()
        self.model.asked.clear()

    def hanging(self, n, headers):
        """Questions that the model leaves without an answer: connections."""
        before = len(self.model.requests)
        self.model.script += ['hang'] * n
        connections = []
        for _ in range(n):
            connection = http.client.HTTPConnection('127.0.0.1', self.server.port, timeout=PATIENCE)
            self.addCleanup(connection.close)
            connection.request('POST', self.path, body=json.dumps({'question': 'Who asks the city?'}),
                               headers={'Content-Type': 'application/json', **headers})
            connections.append(connection)
        return connections, before

    def wait_for_requests(self, n):
        done = threading.Event()
        for _ in range(PATIENCE * 100):
            if len(self.model.requests) >= n:
                return
            done.wait(0.01)
        self.fail('the model was not asked')

    def test_a_model_answers_and_its_words_are_proved(self):
        answer = self.question(self.user, self.path, 'Who asks the city?')
        self.assertEqual((answer['answer'], answer['from'], answer['provider'], answer['model']),
                         (SAID['text'], 'model', 'compatible', 'a-model'))
        self.assertEqual(answer['citations'][0]['quote'], 'ask the city office again')
        self.assertEqual(answer['usage']['inputTokens'], 100)

    def test_nobody_else_is_asked_if_that_is_wished(self):
        before = len(self.model.requests)
        answer = self.question(self.user, self.path, 'Who asks the city?', provider='builtin')
        self.assertEqual((answer['provider'], len(self.model.requests)), ('builtin', before))

    def test_a_model_that_fails_is_named_and_passages_stand_in(self):
        self.model.script = [Says(404, {'error': {'message': 'no'}})]
        answer = self.question(self.user, self.path, 'Who asks the city?')
        self.assertEqual(answer['provider'], 'builtin')
        self.assertIn('compatible did not answer', answer['notes'][0])

    def test_others_are_served_while_questions_wait_and_users_have_a_limit(self):
        waiting, before = self.hanging(2, bearer(self.user))
        self.wait_for_requests(before + 2)
        for _ in range(20):
            self.get('/api/health')
            self.get('/api/jobs', headers=bearer(self.user))
        reply = self.ask('POST', self.path, {'question': 'Why?'}, headers=bearer(self.user), expect=429)
        self.assertIn('Retry-After', reply.headers)
        self.assertIn('2 questions of yours', reply.error()['message'])
        self.model.released.set()
        for connection in waiting:
            response = connection.getresponse()
            self.assertEqual((response.status, json.loads(response.read())['provider']), (200, 'compatible'))
        self.question(self.user, self.path, 'Why no locks?')

    def test_the_queue_has_an_end(self):
        running, before = self.hanging(2, KEY)
        self.wait_for_requests(before + 2)
        waiting, _ = self.hanging(2, KEY)
        statuses = []
        while len(statuses) < 200 and 503 not in statuses:  # until both are in the queue
            statuses.append(self.ask_in_passing())
        self.assertIn(503, statuses)
        self.model.script = []
        self.model.released.set()
        for connection in running + waiting:
            self.assertEqual(connection.getresponse().status, 200)

    def ask_in_passing(self):
        """@return the status, or None while it waits in the queue; then it goes away"""
        connection = http.client.HTTPConnection('127.0.0.1', self.server.port, timeout=0.2)
        try:
            connection.request('POST', self.path, body=json.dumps({'question': 'Why?'}),
                               headers={'Content-Type': 'application/json', **KEY})
            return connection.getresponse().status
        except TimeoutError:
            return None
        finally:
            connection.close()

    def test_who_goes_away_ends_the_request_to_the_model(self):
        waiting, before = self.hanging(2, bearer(self.user))
        self.wait_for_requests(before + 2)
        for connection in waiting:
            connection.close()
        self.model.script = []
        for _ in range(PATIENCE * 10):  # both threads and both places of the user are free again
            reply = self.ask('POST', self.path, {'question': 'Who asks the city?'}, headers=bearer(self.user))
            if reply.status == 200:
                break
            threading.Event().wait(0.1)
        self.assertEqual(reply.status, 200)
        self.assertEqual(reply.json()['from'], 'model')


class Ending(WithModel):
    def test_the_server_ends_while_questions_wait(self):
        waiting, before = self.hanging(2, KEY)
        self.wait_for_requests(before + 2)
        process = self.server.process
        process.stdin.close()
        self.assertEqual([connection.getresponse().status for connection in waiting], [503, 503])
        self.assertEqual(process.wait(timeout=PATIENCE), 0)


del Asking


def load_tests(loader, _, __):
    """Of those that end the server, only the one that is about that."""
    suite = unittest.TestSuite()
    for case in (WithoutModel, WithModel):
        suite.addTests(loader.loadTestsFromTestCase(case))
    suite.addTest(Ending('test_the_server_ends_while_questions_wait'))
    return suite


if __name__ == '__main__':
    unittest.main()
