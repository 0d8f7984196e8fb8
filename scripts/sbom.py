#!/usr/bin/env python3
"""Writes a software bill of materials (CycloneDX 1.5, JSON) of chip.  Standard library only.

usage: sbom.py [--program build/chip] >chip.cdx.json

In it are the Debian packages that build chip (scripts/packages.txt), those of the libraries that the
program loads (--program), the npm packages of the web app (frontend/package-lock.json) and those that
carry the models (scripts/models.txt), each with the version that is there. The same input gives the
same bytes. SOURCE_DATE_EPOCH, if set, is the time in it.
"""
import argparse
import base64
import datetime
import json
import os
import re
import subprocess
import sys
import urllib.parse
import uuid

ROOT = os.path.join(os.path.dirname(os.path.abspath(__file__)), '..')
SPACE = uuid.UUID('3c9e0f4e-6a0c-5d4b-9f0a-5b0c1f6a2b99')  # of serial numbers


def read(*path):
    with open(os.path.join(ROOT, *path), encoding='utf-8') as file:
        return file.read()


def say(*words):
    print('sbom:', *words, file=sys.stderr)


def component(purl, name, version, scope, **more):
    return {'type': 'library', 'bom-ref': purl, 'name': name, 'version': version, 'scope': scope, 'purl': purl, **more}


# ---- Debian ----

def installed(packages):
    """@return {name: (version, architecture)} of those that are installed"""
    if not packages:
        return {}
    form = '${db:Status-Status}\t${Package}\t${Version}\t${Architecture}\n'
    try:
        text = subprocess.run(['dpkg-query', '-W', '-f', form, *packages], stdout=subprocess.PIPE,
                              stderr=subprocess.DEVNULL, text=True, check=False).stdout
    except FileNotFoundError:
        sys.exit('sbom: there is no dpkg-query; run it on Debian, where chip is built')
    rows = [line.split('\t') for line in text.splitlines()]
    return {name: (version, arch) for status, name, version, arch in rows if status == 'installed'}


def debian(packages, scope):
    there = installed(packages)
    missing = sorted(set(packages) - set(there))
    if missing:
        say('not installed, so left out:', *missing)
    for name, (version, arch) in there.items():
        purl = 'pkg:deb/debian/%s@%s?arch=%s' % (urllib.parse.quote(name, safe=''), urllib.parse.quote(version, safe=''),
                                                 arch)
        yield component(purl, name, version, scope)


def build_packages():
    rows = [line.split() for line in read('scripts', 'packages.txt').splitlines()]
    return [row[1] for row in rows if len(row) > 1 and row[0] == 'run']


def packages_of(program):
    """The Debian packages of the libraries that the program loads."""
    text = subprocess.run(['ldd', program], stdout=subprocess.PIPE, text=True, check=True).stdout
    paths = {os.path.realpath(path) for path in re.findall(r'(/\S+) \(0x', text)}
    paths |= {path.removeprefix('/usr') for path in paths}  # dpkg knows some by the name they once had
    found = subprocess.run(['dpkg-query', '-S', *paths], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True,
                           check=False).stdout
    return sorted({line.split(':')[0] for line in found.splitlines()})


# ---- npm ----

def npm_purl(name, version):
    return 'pkg:npm/%s@%s' % (name.replace('@', '%40'), urllib.parse.quote(version, safe=''))


def hashes(integrity):
    """npm's "sha512-BASE64" as CycloneDX has it."""
    names = {'sha512': 'SHA-512', 'sha384': 'SHA-384', 'sha256': 'SHA-256', 'sha1': 'SHA-1'}
    kind, _, value = integrity.split(' ')[0].partition('-')
    return [{'alg': names[kind], 'content': base64.b64decode(value).hex()}] if kind in names else []


def web_app():
    for place, package in json.loads(read('frontend', 'package-lock.json'))['packages'].items():
        if not place or package.get('link'):
            continue
        name = package.get('name') or place.rsplit('node_modules/', 1)[1]
        scope = 'excluded' if package.get('dev') else 'optional' if package.get('optional') else 'required'
        more = {'hashes': hashes(package['integrity'])} if package.get('integrity') else {}
        if isinstance(package.get('license'), str):
            more['licenses'] = [{'expression': package['license']}]
        yield component(npm_purl(name, package['version']), name, package['version'], scope, **more)


def models():
    for line in read('scripts', 'models.txt').splitlines():
        if line.startswith('#'):
            continue
        for word in line.split()[2:]:
            name, _, version = word.rpartition('@')
            yield component(npm_purl(name, version), name, version,
                            'required' if line.startswith('run ') else 'excluded')


# ---- all of it ----

def document(components):
    version = re.search(r"version: '([^']+)'", read('backend', 'meson.build')).group(1)
    unique = {}
    for part in components:  # what is required somewhere is required
        known = unique.get(part['bom-ref'])
        if not known or part['scope'] == 'required':
            unique[part['bom-ref']] = part
    parts = [unique[ref] for ref in sorted(unique)]
    about = {'component': {'type': 'application', 'bom-ref': 'chip', 'name': 'chip', 'version': version,
                           'licenses': [{'expression': 'MIT'}]}}
    if os.environ.get('SOURCE_DATE_EPOCH'):
        moment = datetime.datetime.fromtimestamp(int(os.environ['SOURCE_DATE_EPOCH']), datetime.timezone.utc)
        about['timestamp'] = moment.strftime('%Y-%m-%dT%H:%M:%SZ')
    serial = uuid.uuid5(SPACE, json.dumps(parts, sort_keys=True) + version)
    return {'bomFormat': 'CycloneDX', 'specVersion': '1.5', 'serialNumber': 'urn:uuid:%s' % serial, 'version': 1,
            'metadata': about, 'components': parts,
            'dependencies': [{'ref': 'chip', 'dependsOn': [p['bom-ref'] for p in parts if p['scope'] == 'required']}]}


def main():
    parser = argparse.ArgumentParser(description='Writes a CycloneDX bill of materials of chip to standard output.')
    parser.add_argument('--program', help='the built program: the libraries that it loads are listed as required')
    program = parser.parse_args().program
    if program and not os.path.exists(program):
        sys.exit("sbom: there is no '%s'; build it with make build" % program)
    parts = [*debian(build_packages(), 'excluded'), *debian(packages_of(program) if program else [], 'required'),
             *web_app(), *models()]
    json.dump(document(parts), sys.stdout, indent=1, sort_keys=True)
    print()


if __name__ == '__main__':
    main()
