"""Checks docs/openapi.yaml itself, and answers of the server against it.

usage: validate.py DOCUMENT     prints what is wrong with the document
"""
import json
import re
import sys

import jsonschema
import yaml

METHODS = ('get', 'put', 'post', 'delete', 'options', 'head', 'patch')
# What an operation may answer that others cannot go without: who may call, how often.
GUARDED = ('401', '429')
MAX_DESCRIPTION = 1200


def resolve(document, node):
    """What a {"$ref": "#/..."} stands for."""
    while isinstance(node, dict) and '$ref' in node:
        target = document
        for part in node['$ref'].removeprefix('#/').split('/'):
            target = target[part.replace('~1', '/').replace('~0', '~')]
        node = target
    return node


def walk(node, place='#'):
    yield place, node
    items = node.items() if isinstance(node, dict) else enumerate(node) if isinstance(node, list) else ()
    for key, value in items:
        yield from walk(value, '%s/%s' % (place, key))


class Document:
    def __init__(self, path):
        with open(path, encoding='utf-8') as file:
            self.text = file.read()
        self.root = yaml.load(self.text, Loader=getattr(yaml, 'CSafeLoader', yaml.SafeLoader))
        self.paths = [(re.compile('^%s$' % re.sub(r'\\\{\w+\\\}', '[^/]+', re.escape(path))), path)
                      for path in self.root['paths']]

    def operations(self):
        for path, item in self.root['paths'].items():
            for method in METHODS:
                if method in item:
                    yield method.upper(), path, item[method]

    # ---- the document itself ----

    def problems(self):
        yield from self.broken_references()
        yield from self.unused_components()
        yield from self.wrong_schemas()
        seen = set()
        for method, path, operation in self.operations():
            for problem in self.operation_problems(path, operation, seen):
                yield '%s %s: %s' % (method, path, problem)

    def broken_references(self):
        for place, node in walk(self.root):
            if isinstance(node, dict) and '$ref' in node:
                try:
                    resolve(self.root, node)
                except (KeyError, TypeError):
                    yield '%s: %s leads nowhere' % (place, node['$ref'])

    def unused_components(self):
        used = {node['$ref'] for _, node in walk(self.root) if isinstance(node, dict) and '$ref' in node}
        for kind in ('parameters', 'responses', 'schemas'):
            for name in self.root['components'][kind]:
                if '#/components/%s/%s' % (kind, name) not in used:
                    yield 'components/%s/%s is not used' % (kind, name)

    def wrong_schemas(self):
        for name, schema in self.root['components']['schemas'].items():
            try:
                jsonschema.Draft202012Validator.check_schema(schema)
            except jsonschema.SchemaError as error:
                yield 'components/schemas/%s: %s' % (name, error.message)
            known, required = schema.get('properties', {}), schema.get('required', [])
            for member in required:
                if member not in known and schema.get('additionalProperties') is False:
                    yield 'components/schemas/%s: requires %s, which it does not allow' % (name, member)

    def operation_problems(self, path, operation, seen):
        name = operation.get('operationId')
        if not name or name in seen:
            yield 'operationId is missing, or not the only one'
        seen.add(name)
        if not operation.get('summary') or len(operation['summary']) > 80:
            yield 'no summary, or one too long'
        if len(operation.get('description', '')) > MAX_DESCRIPTION:
            yield 'a description that nobody reads'
        known_tags = {tag['name'] for tag in self.root['tags']}
        if not operation.get('tags') or not set(operation['tags']) <= known_tags:
            yield 'no tag, or one that is not explained'
        yield from self.parameter_problems(path, operation)
        yield from self.response_problems(operation)

    def parameters(self, path, operation):
        shared = self.root['paths'][path].get('parameters', [])
        return [resolve(self.root, p) for p in shared + operation.get('parameters', [])]

    def parameter_problems(self, path, operation):
        named = {p['name'] for p in self.parameters(path, operation) if p['in'] == 'path'}
        if named != set(re.findall(r'\{(\w+)\}', path)):
            yield 'parameters of the path are not those that are described'

    def response_problems(self, operation):
        responses = operation.get('responses', {})
        if not any(status.startswith('2') for status in responses):
            yield 'no answer for success'
        wanted = () if operation.get('security') == [] else GUARDED
        if operation.get('requestBody'):
            wanted += ('400', '413', '415')
        for status in wanted:
            if status not in responses:
                yield 'answer %s is missing' % status
        for status, response in responses.items():
            response = resolve(self.root, response)
            if not response.get('description'):
                yield 'answer %s has no description' % status
            if int(status) >= 400 and not response.get('content'):
                yield 'answer %s has no body' % status
        yield from self.example_problems(operation)

    def example_problems(self, operation):
        for content in operation.get('requestBody', {}).get('content', {}).values():
            examples = [e['value'] for e in content.get('examples', {}).values()]
            for example in examples + ([content['example']] if 'example' in content else []):
                for error in self.errors(content['schema'], example):
                    yield 'an example does not fit: %s' % error

    # ---- answers ----

    def errors(self, schema, value):
        """What is wrong with a value, by a schema of this document."""
        whole = {**schema, 'components': self.root['components']}
        validator = jsonschema.Draft202012Validator(whole, format_checker=jsonschema.FormatChecker())
        return ['%s: %s' % ('/'.join(map(str, e.absolute_path)), e.message[:300])
                for e in validator.iter_errors(value)]

    def component_errors(self, name, value):
        return self.errors({'$ref': '#/components/schemas/' + name}, value)

    def operation(self, method, path):
        for pattern, template in self.paths:
            item = self.root['paths'][template]
            method = 'GET' if method == 'HEAD' else method
            if pattern.match(path) and method.lower() in item:
                return item[method.lower()]
        return None

    def answer_problems(self, method, path, status, content_type, body):
        """@param body bytes. @return [what is wrong with an answer]"""
        operation = self.operation(method, path)
        if not operation:
            return ['%s %s is not documented' % (method, path)]
        response = resolve(self.root, operation['responses'].get(str(status)))
        if not response:
            return ['status %d is not documented' % status]
        content = response.get('content', {})
        if not content:
            return ['a body that is not documented'] if body else []
        media = (content_type or '').split(';')[0]
        schema = content.get(media, content.get('*/*'))
        if not schema:
            return ['type %r is not documented' % content_type]
        if method == 'HEAD' or media != 'application/json':
            return []
        return self.errors(schema['schema'], json.loads(body))

    def event_schema(self, kind):
        operation = self.root['paths']['/api/jobs/{id}/events']['get']
        return operation['x-event-schemas'].get(kind)


def main(argv):
    if len(argv) != 1:
        print(__doc__, file=sys.stderr)
        return 2
    found = list(Document(argv[0]).problems())
    for problem in found:
        print(problem)
    return 1 if found else 0


if __name__ == '__main__':
    sys.exit(main(sys.argv[1:]))
