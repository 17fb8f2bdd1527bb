import { expect, test } from '@jest/globals';
import { BUILT_IN_MANIFEST } from '../../../contracts/built-in-manifest.ts';
import { Manifest } from '../../../contracts/manifest.ts';
import { toolRequests } from '../../../contracts/tool-choice.ts';
import { BUILT_IN_TOOLS, EXTERNAL_TOOLS } from '../../../contracts/tools.ts';
import { resolveProfile } from '../../../domain/policy/resolve-profile.ts';

const toolsOf = (name: string) => toolRequests(resolveProfile(BUILT_IN_MANIFEST, name)).map(({ id }) => id);

test('the built-in manifest is a manifest, with everything spelt out', () => {
  expect(Manifest.parse(BUILT_IN_MANIFEST)).toEqual(BUILT_IN_MANIFEST);
});

test.each(BUILT_IN_MANIFEST.profiles.map(({ name }) => name))('%s requires no installed tool', (name) => {
  expect(toolRequests(resolveProfile(BUILT_IN_MANIFEST, name)).filter(({ required }) => required)).toEqual(
    [],
  );
});

test('light is all that is built in; full adds every scanner that needs no running target', () => {
  expect(toolsOf('light').sort()).toEqual([...BUILT_IN_TOOLS].sort());
  const withoutTarget = EXTERNAL_TOOLS.filter((tool) => tool !== 'dast');
  expect(toolsOf('full').sort()).toEqual([...BUILT_IN_TOOLS, ...withoutTarget].sort());
});

test('each larger profile looks at all that the smaller one does', () => {
  for (const [small, large] of [
    ['smoke', 'fast'],
    ['light', 'standard'],
    ['standard', 'full'],
    ['light', 'polyglot'],
  ] as const)
    expect(toolsOf(large)).toEqual(expect.arrayContaining(toolsOf(small)));
});

test('a profile that only a manifest can define says so', () => {
  expect(() => resolveProfile(BUILT_IN_MANIFEST, 'Heavy')).toThrow(
    expect.objectContaining({
      code: 'unknown_profile',
      message: expect.stringContaining("'requiresStack'"),
    }),
  );
  expect(() => resolveProfile(BUILT_IN_MANIFEST, 'toString')).toThrow(
    expect.objectContaining({ message: expect.stringMatching(/polyglot, sbom-only$/) }),
  );
});
