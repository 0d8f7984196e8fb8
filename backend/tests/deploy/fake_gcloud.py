"""Stands in for gcloud, and for the address of the service: a project in memory.

relay.c, called gcloud or curl, brings the calls. A call that matches `fail` fails as gcloud does; so does one
that nobody expects.
"""
import copy
import json
import os
import re
import socketserver
import threading

import yaml

EMPTY = {'account': 'ann@example.org', 'project': 'demo', 'billing': 'True', 'apis': ['iam.googleapis.com'],
         'repositories': [], 'accounts': [], 'secrets': {}, 'readers': {}, 'images': {}, 'revisions': {},
         'live': None, 'tags': {}, 'invokers': [], 'sick': [], 'sick_with_traffic': False, 'fail': None}
CHANGING = ('enable', 'create', 'add', 'submit', 'replace', 'update-traffic', 'add-iam-policy-binding',
            'remove-iam-policy-binding')


def changes(calls):
    """Of calls, those that change something."""
    return [call for call in calls if call['program'] == 'gcloud' and any(word in CHANGING for word in call['args'])]


class Refused(Exception):
    """What gcloud says on standard error, before it exits with 1."""


def option(args, name):
    return args[args.index(name) + 1]


def words(args):
    """The command and its operands: all before the first option."""
    n = next((i for i, arg in enumerate(args) if arg.startswith('--')), len(args))
    return args[:n]


class Project:
    def __init__(self, state):
        self.state = state

    def there(self, what, name):
        if name not in self.state[what]:
            raise Refused('NOT_FOUND: %s' % name)
        return self.state[what][name] if isinstance(self.state[what], dict) else name

    def run(self, args, stdin):
        command = words(args)
        for n in range(len(command), 0, -1):
            method = getattr(self, '_'.join(command[:n]).replace('-', '_'), None)
            if method:
                return method(command[n:], args, stdin)
        raise Refused('the test\'s gcloud knows no "%s"' % ' '.join(command))

    # ---- who, where ----

    def auth_list(self, *_):
        return self.state['account']

    def auth_print_identity_token(self, *_):
        return 'identity-token-of-ann'

    def config_get_value(self, *_):
        return self.state['project']

    def projects_describe(self, operands, *_):
        if operands[0] != 'demo':
            raise Refused('PERMISSION_DENIED')
        return 'demo'

    def billing_projects_describe(self, *_):
        return self.state['billing']

    def services_list(self, *_):
        return '\n'.join(self.state['apis'])

    def services_enable(self, operands, *_):
        self.state['apis'] += operands

    def artifacts_repositories_describe(self, operands, *_):
        return self.there('repositories', operands[0])

    def artifacts_repositories_create(self, operands, *_):
        self.state['repositories'].append(operands[0])

    def iam_service_accounts_describe(self, operands, *_):
        return self.there('accounts', operands[0])

    def iam_service_accounts_create(self, operands, *_):
        self.state['accounts'].append(operands[0] + '@demo.iam.gserviceaccount.com')

    # ---- secrets ----

    def secrets_versions_list(self, operands, *_):
        n = len(self.there('secrets', operands[0]))
        return 'projects/1/secrets/%s/versions/%d' % (operands[0], n) if n else ''

    def secrets_versions_access(self, operands, args, _):
        return self.there('secrets', option(args, '--secret'))[int(operands[0]) - 1]

    def secrets_create(self, operands, *_):
        self.state['secrets'][operands[0]] = []

    def secrets_versions_add(self, operands, args, stdin):
        if '--data-file=-' not in args or not stdin:
            raise Refused('INVALID_ARGUMENT: a secret comes through standard input')
        self.there('secrets', operands[0]).append(stdin)

    def secrets_get_iam_policy(self, operands, *_):
        self.there('secrets', operands[0])
        return 'roles/secretmanager.secretAccessor' if operands[0] in self.state['readers'] else ''

    def secrets_add_iam_policy_binding(self, operands, args, _):
        self.there('accounts', option(args, '--member').removeprefix('serviceAccount:'))
        self.state['readers'][operands[0]] = True

    # ---- images and revisions ----

    def artifacts_docker_images_describe(self, operands, args, _):
        digest = self.there('images', operands[0])
        return '%s@%s' % (operands[0].rsplit(':', 1)[0], digest) if '--format' in args else 'there'

    def builds_submit(self, operands, args, _):
        with open(option(args, '--config'), encoding='utf-8') as file:
            assert '_IMAGE' in yaml.safe_load(file)['substitutions']
        image = option(args, '--substitutions').removeprefix('_IMAGE=')
        self.state['images'][image] = 'sha256:%064d' % len(self.state['images'])

    def run_services_describe(self, operands, args, _):
        if not self.state['revisions']:
            raise Refused('Cannot find service [%s]' % operands[0])
        if option(args, '--format') == 'value(status.url)':
            return 'https://%s-abc-uc.a.run.app' % operands[0]
        return '100,%s\n,%s' % (self.state['live'], list(self.state['revisions'])[-1])

    def run_services_replace(self, operands, *_):
        with open(operands[0], encoding='utf-8') as file:
            service = yaml.safe_load(file)
        template = service['spec']['template']
        name = template['metadata']['name']
        if '${' in json.dumps(service):
            raise Refused('INVALID_ARGUMENT: something is not filled in')
        if name in self.state['revisions']:
            raise Refused('ALREADY_EXISTS: %s' % name)
        for env in template['spec']['containers'][0]['env']:
            secret = env.get('valueFrom', {}).get('secretKeyRef')
            if secret and secret['name'] not in self.state['readers']:
                raise Refused('PERMISSION_DENIED on secret %s' % secret['name'])
        self.state['revisions'][name] = service
        self.state['live'] = service['spec']['traffic'][0]['revisionName']
        self.state['tags'] = {t['tag']: t['revisionName'] for t in service['spec']['traffic'] if 'tag' in t}

    def run_revisions_describe(self, operands, *_):
        service = self.there('revisions', operands[0])
        return service['spec']['template']['metadata']['labels']['chipdeploy']

    def run_services_update_traffic(self, operands, args, _):
        name, percent = option(args, '--to-revisions').split('=')
        self.there('revisions', name)
        assert percent == '100'
        self.state['live'] = name

    def run_services_get_iam_policy(self, *_):
        return '\n'.join(self.state['invokers'])

    def run_services_add_iam_policy_binding(self, operands, args, _):
        self.state['invokers'].append(option(args, '--member'))

    def run_services_remove_iam_policy_binding(self, operands, args, _):
        self.state['invokers'].remove(option(args, '--member'))

    # ---- the service's own answer ----

    def curl(self, args):
        """@return its status"""
        at_candidate = 'candidate---' in args[-1]
        name = self.state['tags'].get('candidate') if at_candidate else self.state['live']
        sick = name in self.state['sick'] or 'all' in self.state['sick'] or (
            not at_candidate and self.state['sick_with_traffic'] and name == list(self.state['revisions'])[-1])
        with open(option(args, '-o'), 'w', encoding='utf-8') as file:
            file.write('{"error": {"message": "the store does not answer"}}' if sick else '{"ready": true}')
        return '503' if sick else '200'


class Handler(socketserver.StreamRequestHandler):
    def handle(self):
        n = int(self.rfile.readline())
        parts = self.rfile.read().split(b'\0', n)
        program, *args = [part.decode() for part in parts[:n]]
        code, out, err = self.server.cloud.answer(program, args, parts[n].decode())
        self.wfile.write(b'\0'.join(text.encode() for text in (str(code), out, err)) + b'\0')


class Cloud:
    """The project, and the calls that it got: {"program", "args", "stdin"}."""

    def __init__(self, path):
        self.path = path
        self.lock = threading.Lock()
        self.reset()
        self.server = socketserver.ThreadingUnixStreamServer(path, Handler)
        self.server.daemon_threads = True
        self.server.cloud = self
        threading.Thread(target=self.server.serve_forever, args=(0.05,), daemon=True).start()

    def close(self):
        self.server.shutdown()
        self.server.server_close()

    def reset(self):
        self.now, self.all_calls = copy.deepcopy(EMPTY), []

    def answer(self, program, args, stdin):
        """@return exit status, standard output, standard error"""
        with self.lock:
            self.all_calls.append({'program': program, 'args': args, 'stdin': stdin})
            project = Project(self.now)
            try:
                if self.now['fail'] and re.search(self.now['fail'], ' '.join([program, *args])):
                    raise Refused('ERROR: (gcloud) PERMISSION_DENIED: the test says so')
                out = project.curl(args) if program == 'curl' else project.run(args, stdin)
            except Refused as why:
                return 1, '', '%s\n' % why
            return 0, (out or '') + '\n', ''

    def state(self):
        return copy.deepcopy(self.now)

    def change(self, **values):
        assert set(values) <= set(EMPTY)
        self.now.update(values)

    def secret(self, name):
        return self.now['secrets'][name][-1]

    def calls(self, text='', program=None):
        """Those with that text in their arguments."""
        return [c for c in self.all_calls if program in (None, c['program']) and text in ' '.join(c['args'])]
