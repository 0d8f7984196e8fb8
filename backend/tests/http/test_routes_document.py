"""docs/openapi.yaml: sound in itself, and about the routes that there are."""
import copy
import subprocess
import unittest

import api


class TheDocument(unittest.TestCase):
    def test_has_no_problems(self):
        self.assertEqual(list(api.DOCUMENT.problems()), [])

    def test_describes_all_routes_and_no_others(self):
        output = subprocess.run([api.SERVER, '--routes'], check=True, capture_output=True, text=True).stdout
        routes = {tuple(line.split(' ')) for line in output.splitlines()}
        self.assertGreater(len(routes), 30)
        described = {(method, path) for method, path, _ in api.DOCUMENT.operations()}
        head = {(method, path) for method, path in described if method == 'HEAD'}
        self.assertEqual(routes, described - head)
        self.assertLessEqual(head, {('HEAD', path) for method, path in routes if method == 'GET'})


class TheValidator(unittest.TestCase):
    def changed(self, change):
        document = copy.copy(api.DOCUMENT)
        document.root = copy.deepcopy(document.root)
        change(document.root)
        return '\n'.join(document.problems())

    def test_finds_each_kind_of_mistake(self):
        get_job = lambda root: root['paths']['/api/jobs/{id}']['get']
        schemas = lambda root: root['components']['schemas']
        example = lambda root: root['paths']['/api/jobs/{id}/redo']['post']['requestBody']['content'][
            'application/json']
        cases = [
            ('leads nowhere', lambda r: schemas(r)['Job']['properties'].update(
                x={'$ref': '#/components/schemas/None'})),
            ('components/schemas/Extra is not used', lambda r: schemas(r).update(Extra={'type': 'object'})),
            ('requires y', lambda r: schemas(r)['Job']['required'].append('y')),
            ("components/schemas/Job", lambda r: schemas(r)['Job'].update(type='thing')),
            ('operationId', lambda r: get_job(r).update(operationId='listJobs')),
            ('no summary', lambda r: get_job(r).pop('summary')),
            ('no tag', lambda r: get_job(r).update(tags=['other'])),
            ('parameters of the path', lambda r: r['paths']['/api/jobs/{id}'].pop('parameters')),
            ('no answer for success', lambda r: get_job(r)['responses'].pop('200')),
            ('answer 401 is missing', lambda r: get_job(r)['responses'].pop('401')),
            ('answer 415 is missing', lambda r: r['paths']['/api/process']['post']['responses'].pop('415')),
            ('answer 404 has no body', lambda r: r['components']['responses']['NotFound'].pop('content')),
            ('no description', lambda r: r['components']['responses']['NotFound'].pop('description')),
            ('an example does not fit', lambda r: example(r).update(example={'stage': 'dance'})),
        ]
        for message, change in cases:
            self.assertIn(message, self.changed(change))

    def test_finds_answers_that_are_not_as_described(self):
        wrong = lambda *answer: '\n'.join(api.DOCUMENT.answer_problems(*answer))
        json_type = 'application/json'
        self.assertEqual(wrong('GET', '/api/health', 200, json_type, b'{"status":"ok","version":"1"}'), '')
        self.assertIn('not documented', wrong('GET', '/api/nowhere', 200, json_type, b'{}'))
        self.assertIn('status 418', wrong('GET', '/api/health', 418, json_type, b'{}'))
        self.assertIn('type', wrong('GET', '/api/health', 200, 'text/html', b'<p>'))
        self.assertIn("'version' is a required", wrong('GET', '/api/health', 200, json_type, b'{"status":"ok"}'))
        self.assertIn('x', wrong('GET', '/api/health', 200, json_type, b'{"status":"ok","version":"1","x":1}'))
        self.assertIn('a body', wrong('DELETE', '/api/jobs/x', 204, None, b'hello'))
        self.assertIn('ok', wrong('GET', '/api/health', 200, json_type, b'{"status":"no","version":"1"}'))


if __name__ == '__main__':
    unittest.main()
