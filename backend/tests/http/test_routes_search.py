"""Words of all meetings: found, shown with what matches, narrowed, and only for whom they are."""
import unittest
from urllib.parse import urlencode

import api
import talk as talks
from api import SECRET, new_id, user_token

ANN, BOB = new_id(), new_id()
KEY = {'X-API-Key': 'the key of the service'}


def bearer(user):
    return {'Authorization': 'Bearer ' + user_token(user)}


def talk(*texts, title='Launch'):
    speakers = [{'id': 'S1', 'name': 'Dana'}, {'id': 'S2', 'name': ''}]
    segments = [{'id': i, 'start': i * 10.0, 'end': i * 10 + 9.5, 'speaker': 'S%d' % (i % 2 + 1), 'text': text}
                for i, text in enumerate(texts)]
    return {'title': title, 'speakers': speakers, 'duration_ms': 60000,
            'transcript': {'speakers': speakers, 'segments': segments}}


class Search(api.Case):
    settings = ('api_keys=' + KEY['X-API-Key'], 'jwt_secret=' + SECRET)

    def meeting(self, user, analysis):
        job = self.submit(headers=bearer(user))
        self.complete(job, analysis)
        return job

    def search(self, user, expect=200, **query):
        return self.get('/api/search?' + urlencode(query), headers=bearer(user), expect=expect).json()

    def texts(self, user, **query):
        return [''.join(piece['text'] for piece in hit['pieces'])
                for meeting in self.search(user, **query)['meetings'] for hit in meeting['hits']]

    def test_a_word_is_shown_where_it_was_said(self):
        user = new_id()
        job = self.meeting(user, talk('We start.', 'Then make it <b>Portland</b> & go.'))
        meeting, = self.search(user, q='portland')['meetings']
        hit, = meeting['hits']
        self.assertEqual((meeting['jobId'], meeting['title'], meeting['durationMs'], meeting['total']),
                         (job, 'Launch', 60000, 1))
        self.assertEqual((hit['kind'], hit['segment'], hit['start'], hit['end'], hit['speaker']),
                         ('segment', 1, 10, 19.5, {'id': 'S2', 'name': 'S2'}))
        self.assertEqual(hit['pieces'], [{'text': 'Then make it <b>', 'match': False}, {'text': 'Portland', 'match': True},
                                         {'text': '</b> & go.', 'match': False}])

    def test_phrases_beginnings_and_exclusions_work(self):
        user = new_id()
        self.meeting(user, talk('In two weeks.', 'Weeks, two.', 'Two weeks or the portable one.'))
        self.assertEqual(len(self.texts(user, q='two weeks')), 3)
        self.assertEqual(len(self.texts(user, q='"two weeks"')), 2)
        self.assertEqual(len(self.texts(user, q='"two weeks" -port*')), 1)
        self.assertEqual(len(self.texts(user, q='port*')), 1)

    def test_whatever_is_typed_is_no_error_of_the_server(self):
        user = new_id()
        self.meeting(user, talk('portland'))
        for text in ('"', "portland'", 'portland) OR (1', 'a AND', 'NEAR(a, b)', '^portland', 'title:x', '{a b}: c', '\\',
                     '%', "'; DROP TABLE search_passages; --", '🎙', '—', 'x' * 1001, ' a' * 40, '*', '-', ':*', '!a', '<->'):
            status = self.get('/api/search?' + urlencode({'q': text}), headers=bearer(user), expect=None).status
            self.assertIn(status, (200, 400), text)
        self.assertEqual(self.texts(user, q='portland'), ['portland'])

    def test_what_makes_no_sense_is_refused_by_name(self):
        for query, message in (({}, 'q: '), ({'q': '-a'}, 'q: '), ({'q': 'a', 'limit': 0}, 'limit: '),
                               ({'q': 'a', 'hits': 'x'}, 'hits: '), ({'q': 'a', 'from': 'today'}, 'from: '),
                               ({'q': 'a', 'to': '2026-02-30'}, 'to: '), ({'q': 'a', 'before': 'x'}, 'before'),
                               ({'q': 'a', 'from': '2026-02-30T12:00:00.000Z'}, 'from: '),
                               ({'q': 'a', 'to': '2026-02-03T12:61:00.000Z'}, 'to: ')):
            self.refused('GET', '/api/search?' + urlencode(query), None, 400, message, headers=bearer(ANN))

    def test_speaker_and_days_narrow_it(self):
        user = new_id()
        self.meeting(user, talk('portland one', 'portland two'))
        self.assertEqual(self.texts(user, q='portland', speaker='dan'), ['portland one'])
        self.assertEqual(self.texts(user, q='portland', speaker='S2'), ['portland two'])
        today = self.search(user, q='portland')['meetings'][0]['createdAt'][:10]
        self.assertEqual(len(self.texts(user, q='portland', **{'from': today, 'to': today})), 2)
        self.assertEqual(self.texts(user, q='portland', to='2020-01-01'), [])
        self.assertEqual(self.texts(user, q='portland', **{'from': '2990-01-01T00:00:00.000Z'}), [])

    def test_pages_hold_each_meeting_once_newest_first(self):
        user = new_id()
        jobs = [self.meeting(user, talk('portland', 'portland', 'portland')) for _ in range(5)]
        seen, before = [], {}
        while True:
            page = self.search(user, q='portland', limit=2, hits=2, **before)
            self.assertTrue(all(len(meeting['hits']) == 2 and meeting['total'] == 3 for meeting in page['meetings']))
            seen += [meeting['jobId'] for meeting in page['meetings']]
            if not page['next']:
                break
            before = {'before': page['next']}
        self.assertEqual(seen, jobs[::-1])

    def test_nobody_finds_what_is_anothers(self):
        self.meeting(ANN, talk('a secret of Ann', title='secret'))
        self.assertEqual(len(self.texts(ANN, q='secret')), 2)
        self.assertEqual(self.texts(BOB, q='secret'), [])
        self.get('/api/search?q=secret', expect=401)
        found = self.get('/api/search?q=secret', headers=KEY).json()['meetings']
        self.assertEqual(len(found), 1)

    def test_a_correction_is_found_at_once_and_nothing_after_deletion(self):
        user = new_id()
        job = self.meeting(user, talks.analysis())
        self.ask('PATCH', '/api/jobs/%s/analysis' % job, {
            'version': 1, 'title': 'Seattle', 'words': [{'index': 1, 'text': 'Ljubljana'}],
            'speakers': [{'label': 'S1', 'name': 'Cleo'}]}, headers=bearer(user), expect=200)
        self.assertEqual(self.texts(user, q='seattle'), ['Seattle'])
        self.assertEqual(self.texts(user, q='ljub*', speaker='cleo'), ['word0 Ljubljana word2 word3'])
        self.assertEqual(self.texts(user, q='word1'), [])
        self.ask('DELETE', '/api/jobs/' + job, headers=bearer(user), expect=204)
        self.assertEqual(self.texts(user, q='seattle') + self.texts(user, q='word0'), [])


if __name__ == '__main__':
    unittest.main()
