import { join } from 'node:path';
import { readComponents } from '../../../activities/scan/built-in/components.ts';
import type { Component, ComponentFile, Reader } from '../../../domain/components/component.ts';
import { contextOf } from '../scan/built-in-context.ts';

const FIXTURES = join(import.meta.dirname, '../../fixtures/lockfiles');

export const readFixture = (name: string) => readComponents(contextOf(join(FIXTURES, name)));
export const fixture = (name: string) => contextOf(join(FIXTURES, name));

/** A component in one line: what it is, where it stands, whether it is for development and who asked for it. */
export const shown = ({ purl, path, line, scope, direct }: Component): string =>
  `${purl} ${path}:${line ?? '-'} ${scope}${direct === null ? '' : direct ? ' direct' : ' indirect'}`;

export const read = (reader: Reader, text: string, files: Record<string, string> = {}) => {
  const file: ComponentFile = { path: 'lock', text, beside: (name) => files[name] ?? null };
  return reader(file);
};
