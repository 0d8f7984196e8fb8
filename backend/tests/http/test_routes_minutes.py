"""Minutes: asking for them, reading, correcting and exporting them."""
import json
import os
import unittest

import api
import talk

EVIDENCE = [{'segment': 1, 'start': 4.0, 'end': 8.0, 'quote': 'word4 word5'}]
MINUTES = {
    'schema': 'chip.minutes/1', 'provider': 'builtin', 'model': '', 'template': 'general', 'language': 'en',
    'date': '2026-03-03', 'title': 'Tea', 'summary': {'short': 'Tea.', 'long': 'Much tea.', 'evidence': EVIDENCE},
    'topics': [{'title': 'Tea', 'start': 0.0, 'end': 24.0, 'summary': 'Tea.', 'keywords': ['tea'],
                'sentiment': {'insufficient_evidence': 'too-few-words'}, 'evidence': EVIDENCE}],
    'decisions': [{'text': 'More *tea*', 'confidence': 0.9, 'evidence': EVIDENCE}],
    'action_items': [{'what': 'Buy tea', 'owner': {'speaker': 'S2', 'name': 'Tom'},
                      'due': {'date': '2026-03-06', 'said': 'by Friday'}, 'confidence': 0.8, 'evidence': EVIDENCE}],
    'open_questions': [], 'risks': [], 'figures': [], 'values': [],
    'audit': {'items': 2, 'verified': 2, 'unverified': 0, 'dropped': 0, 'notes': []},
    'usage': {'requests': 0, 'input_tokens': None, 'output_tokens': None, 'cost_usd': None}}
OLDER = dict(MINUTES, provider='openai', model='gpt-5.1', title='Older', replaced_at='2026-03-04T10:00:00.000Z')


class Wishes(api.Case):
    settings = ('openai_key=KEY-1',)

    def options(self, **minutes):
        return {'fileUrl': api.URL, 'options': {'minutes': minutes}}

    def test_what_can_be_chosen_is_listed(self):
        choices = self.get('/api/minutes').json()
        self.assertEqual(choices['providers'], [{'provider': 'openai', 'model': 'gpt-5.1'},
                                                {'provider': 'builtin', 'model': ''}])
        self.assertEqual(choices['templates'][0], 'general')
        self.assertIn('sales-call', choices['templates'])
        self.assertNotIn('instructions', choices['templates'])

    def test_wishes_reach_the_worker(self):
        wish = {'provider': 'openai', 'model': 'gpt-x', 'template': 'one-on-one', 'language': 'de'}
        for minutes in (wish, {}, {'provider': 'builtin'}, False):
            job = self.ask('POST', '/api/process', {'fileUrl': api.URL, 'options': {'minutes': minutes}},
                           expect=202).json()['jobId']
            self.assertEqual(self.server.call('get_job', id=job)['options'], {'minutes': minutes})

    def test_only_what_is_set_up_can_be_asked_for(self):
        for minutes, said in (({'provider': 'anthropic'}, "options.minutes.provider: 'anthropic' is not set up"),
                              ({'provider': 'nonsense'}, 'there is: openai, builtin'),
                              ({'provider': 'builtin', 'model': 'x'}, 'has no models'),
                              ({'model': '../x'}, 'options.minutes.model: '),
                              ({'template': 'instructions'}, 'options.minutes.template: there is no such template'),
                              ({'template': '../../etc/passwd'}, 'options.minutes.template: '),
                              ({'language': 'German, please'}, 'options.minutes.language: '),
                              ({'prompt': 'x'}, 'options.minutes.prompt: there is no such member')):
            self.refused('POST', '/api/process', self.options(**minutes), 400, said)
        for minutes in (True, 'builtin', []):
            self.refused('POST', '/api/process', {'fileUrl': api.URL, 'options': {'minutes': minutes}}, 400,
                         'options.minutes: must be an object, or false')

    def test_they_can_be_written_again_with_another_wish(self):
        job = self.submit(options={'minutes': False, 'language': 'en'})
        self.complete(job, talk.analysis())
        self.refused('POST', '/api/jobs/%s/redo' % job, {'stage': 'minutes', 'options': {'minutes': False}}, 400,
                     'options.minutes: must not be false')
        after = self.ask('POST', '/api/jobs/%s/redo' % job,
                         {'stage': 'minutes', 'options': {'minutes': {'template': 'interview'}}}, expect=202).json()
        self.assertEqual((after['redo'], after['options']),
                         ('minutes', {'language': 'en', 'minutes': {'template': 'interview'}}))


class Results(api.Case):
    def setUp(self):
        self.job = self.submit()
        self.path = '/api/jobs/%s/analysis' % self.job
        self.complete(self.job, dict(talk.analysis(), minutes=dict(MINUTES, before=[OLDER]), summary='Tea.',
                                     decisions=MINUTES['decisions']))

    def edit(self, version=1, **changes):
        return self.ask('PATCH', self.path, {'version': version, **changes}, expect=200).json()

    def export(self, query, expect=200):
        return self.get('/api/jobs/%s/export?%s' % (self.job, query), expect=expect)

    def test_minutes_are_shown_as_they_were_written_and_older_ones_apart(self):
        seen = self.get(self.path).json()
        self.assertEqual((seen['minutes'], seen['minutesBefore']), (MINUTES, [OLDER]))
        job = self.submit()
        self.complete(job, talk.analysis())
        seen = self.get('/api/jobs/%s/analysis' % job).json()
        self.assertEqual((seen['minutes'], seen['minutesBefore']), (None, []))

    def test_corrected_words_make_them_stale_and_names_do_not(self):
        seen = self.edit(speakers=[{'label': 'S2', 'name': 'Ann'}])
        self.assertNotIn('stale', seen['minutes'])
        seen = self.edit(2, words=[{'index': 0, 'text': 'Hello'}])
        self.assertEqual((seen['minutes'], seen['minutesBefore']),
                         (dict(MINUTES, stale=True), [dict(OLDER, stale=True)]))

    def test_another_speaker_makes_them_stale(self):
        self.assertTrue(self.edit(merge=[{'from': 'S2', 'into': 'S1'}])['minutes']['stale'])

    def test_corrected_minutes_take_their_columns_with_them(self):
        better = dict(MINUTES, summary=dict(MINUTES['summary'], short='Coffee.'), decisions=[])
        seen = self.edit(minutes=better)
        self.assertEqual((seen['minutes'], seen['minutesBefore']), (better, [OLDER]))
        self.assertEqual((seen['summary'], seen['decisions']), ('Coffee.', []))
        seen = self.edit(2, summary='My own.')
        seen = self.edit(3, minutes=MINUTES)
        self.assertEqual((seen['summary'], seen['decisions']), ('My own.', MINUTES['decisions']))

    def test_what_are_no_minutes_is_refused(self):
        for minutes, said in (({}, 'schema: is missing'), (dict(MINUTES, schema='chip.minutes/9'), 'schema: '),
                              (dict(MINUTES, decisions={}), 'decisions: expected array'),
                              (dict(MINUTES, decisions=[{'text': 'x'}]), 'decisions[0].evidence: is missing'),
                              (dict(MINUTES, stale='no'), 'stale: expected boolean')):
            self.refused('PATCH', self.path, {'version': 1, 'minutes': minutes}, 400, said)
        self.assertEqual(self.get(self.path).json()['version'], 1)

    def test_exports_have_them_where_they_belong_with_the_names_of_today(self):
        self.edit(speakers=[{'label': 'S2', 'name': 'Ann'}])
        page = self.export('format=md').body.decode()
        self.assertTrue(page.startswith('# Tea\n'))
        self.assertIn('\n## Decisions\n\n- More \\*tea\\* ', page)
        self.assertIn('- Ann: Buy tea, by Friday (2026-03-06)', page)
        self.assertIn('\n# Transcript of Stand-up\n', page)
        self.assertEqual(self.export('format=md&minutes=false').body.decode().count('# Tea'), 0)
        self.assertTrue(self.export('format=txt&minutes=true').body.decode().startswith('Tea\n\nTea.\n'))
        self.assertNotIn('Decisions', self.export('format=txt').body.decode())
        whole = json.loads(self.export('format=json&minutes=true').body)
        self.assertEqual((whole['schema'], whole['minutes']), ('chip.transcript/1', MINUTES))
        self.assertNotIn('minutes', json.loads(self.export('format=json').body))
        self.assertEqual(json.loads(self.export('format=json&minutes=only').body), MINUTES)
        self.assertNotIn('Transcript of', self.export('format=md&minutes=only').body.decode())

    def test_exports_that_cannot_have_them_say_so(self):
        for query, said in (('format=srt&minutes=true', 'md, txt and json'), ('format=md&minutes=yes', 'true, false or only')):
            self.assertIn(said, self.export(query, 400).error()['message'])
        job = self.submit()
        self.complete(job, talk.analysis())
        error = self.get('/api/jobs/%s/export?format=md&minutes=only' % job, expect=404).error()
        self.assertIn('no minutes', error['message'])
        self.get('/api/jobs/%s/export?format=md' % job, expect=200)


class TheSchema(unittest.TestCase):
    def plain(self, value):
        """Without references and descriptions."""
        if isinstance(value, list):
            return [self.plain(item) for item in value]
        if not isinstance(value, dict):
            return value
        if '$ref' in value:
            return self.plain(api.DOCUMENT.root['components']['schemas'][value['$ref'].split('/')[-1]])
        return {k: self.plain(v) for k, v in value.items()
                if not (k in ('description', '$schema', 'title') and isinstance(v, str))}

    def test_openapi_and_the_json_schema_say_the_same(self):
        path = os.path.join(os.path.dirname(os.environ['OPENAPI']), 'minutes.schema.json')
        with open(path, encoding='utf-8') as file:
            self.assertEqual(self.plain(api.DOCUMENT.root['components']['schemas']['Minutes']),
                             self.plain(json.load(file)))


if __name__ == '__main__':
    unittest.main()
