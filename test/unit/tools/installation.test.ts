import { chmodSync, mkdirSync, mkdtempSync, realpathSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { findTool } from '../../../services/tools/find-tool.ts';
import { behindShim, installationOf } from '../../../services/tools/installation.ts';
import { pathFolders } from '../../../services/tools/on-path.ts';

let folder: string;
beforeEach(() => {
  folder = realpathSync(mkdtempSync(join(tmpdir(), 'certus-installed-')));
  chmodSync(folder, 0o755);
});
afterEach(() => rmSync(folder, { recursive: true }));

function program(path: string, text = '#!/bin/sh\n'): string {
  mkdirSync(dirname(join(folder, path)), { recursive: true });
  writeFileSync(join(folder, path), text, { mode: 0o755 });
  return join(folder, path);
}
const link = (path: string, target: string): string => {
  mkdirSync(dirname(join(folder, path)), { recursive: true });
  symlinkSync(target, join(folder, path));
  return join(folder, path);
};

describe('what must be seen for a program to run', () => {
  test('a script of a virtual environment: that, and the python behind its links', async () => {
    const python = program('pythons/3.12/bin/python3.12');
    program('pythons/3.12/lib/python3.12/os.py');
    link('venv/bin/python3', python);
    program('venv/pyvenv.cfg');
    const script = program('venv/bin/scanner', `#!${join(folder, 'venv/bin/python3')}\n`);
    const installed = await installationOf(link('usual/scanner', script), []);
    expect(installed.command).toBe(script);
    expect([...installed.readable].sort()).toEqual(
      ['pythons/3.12/bin', 'pythons/3.12/lib', 'venv/bin', 'venv/pyvenv.cfg'].map((name) =>
        join(folder, name),
      ),
    );
    expect(installed.path).toEqual([join(folder, 'venv/bin')]);
    expect(installed.environment).toEqual({});
  });

  test('never all of a home, whose folders look like those of a program', async () => {
    program('home/.local/share/keyrings/login', 'secret');
    program('home/.local/lib/python3.12/site-packages/scanner.py');
    const script = program('home/.local/bin/scanner', '#!/usr/bin/python3\n');
    const { readable, environment } = await installationOf(script, []);
    expect(readable).toEqual(['bin', 'lib'].map((name) => join(folder, 'home/.local', name)));
    expect(environment).toEqual({ PYTHONUSERBASE: join(folder, 'home/.local') });
  });

  test('a package of Node: the packages around it, and node where PATH has it', async () => {
    const node = program('node/bin/node');
    const script = program('lib/node_modules/eslint/bin/eslint.js', '#!/usr/bin/env -S node --no-warnings\n');
    program('lib/node_modules/eslint-plugin-security/index.js');
    const { readable, path } = await installationOf(script, [dirname(node)]);
    expect(readable).toEqual([join(folder, 'lib/node_modules'), join(folder, 'node/bin')]);
    expect(path).toContain(dirname(node));
  });

  test('a single program: itself alone', async () => {
    const alone = program('tools/scanner', '\x7fELF');
    expect((await installationOf(alone, [])).readable).toEqual([alone]);
    expect((await installationOf('/bin/sh', [])).readable).toEqual([]);
  });
});

test('what pyenv puts on PATH is looked through', () => {
  const shim = program('pyenv/shims/scanner');
  expect(behindShim(shim)).toBe(shim); // another tool's folder of that name
  mkdirSync(join(folder, 'pyenv/versions'));
  expect(behindShim(shim)).toBeUndefined();
  const old = program('pyenv/versions/3.9.1/bin/scanner');
  const young = program('pyenv/versions/3.12.0/bin/scanner');
  expect(behindShim(shim)).toBe(young);
  writeFileSync(join(folder, 'pyenv/version'), '3.9.1\n');
  expect(behindShim(shim)).toBe(old);
  writeFileSync(join(folder, 'pyenv/version'), '../../elsewhere\n');
  expect(behindShim(shim)).toBe(young);
});

test('relative folders of PATH would be the source: they are not looked at', () => {
  expect(pathFolders('bin:/usr/bin::./x')).toEqual(['/usr/bin']);
});

describe('finding a tool', () => {
  const wanted = (more = {}) => ({
    ...{ commands: ['scanner', 'scan'], versionArgs: ['--version'], pattern: /^v(\S+)/m },
    ...more,
  });

  test('takes the first command that is there, and asks it which it is', async () => {
    program('bin/scan', '#!/bin/sh\necho "v1.2.3 $1 $EXTRA"\n');
    const found = await findTool(wanted({ pattern: /^v(\S+) --version on/ }), [join(folder, 'bin')], {
      EXTRA: 'on',
    });
    expect(found?.name).toBe('scan');
    expect(await found?.version()).toBe('1.2.3');
    expect(await findTool(wanted(), [join(folder, 'empty')], {})).toBeUndefined();
  });

  test('reads the version of a Go program that was never told its own', async () => {
    program(
      'bin/scanner',
      '#!/bin/sh\n: <<END\n\nmod\texample.org/scanner/v2\tv2.5.1\th1:x\nEND\necho unknown\n',
    );
    const found = await findTool(wanted({ goModule: 'example.org/scanner/v2' }), [join(folder, 'bin')], {});
    expect(await found?.version()).toBe('2.5.1');
  });
});
