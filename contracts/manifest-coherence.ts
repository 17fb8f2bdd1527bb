import type { z } from 'zod';
import { sameName } from './profile-name.ts';

/**
 * What no part of a manifest can say alone. These checks run also where a part has a fault of its own, so that one answer
 * names all there is to mend; they may therefore take nothing of what they are given for granted.
 */
type Check = readonly [(value: unknown, context: z.RefinementCtx) => void, { readonly when: () => boolean }];
const always = (check: Check[0]): Check => [check, { when: () => true }];

export const refuseContradictions = always((given, context) => {
  const profile = record(given);
  const fault = (path: (string | number)[], message: string) =>
    context.addIssue({ code: 'custom', path, message });
  const tools = list(profile.tools).map(toolName);
  // Each tool writes one report: a second run of it would list the same file of the bundle again.
  for (const at of repeated(tools)) fault(['tools', at], 'a profile names each tool once');
  const rules = list(profile.rules).map((rule) => record(rule).name);
  for (const at of repeated(rules)) fault(['rules', at, 'name'], 'another rule of the profile has this name');
  if (profile.stackBaseUrl !== undefined) return;
  if (profile.requiresStack === true)
    fault(['requiresStack'], 'needs a "stackBaseUrl": there would be no target to scan');
  if (tools.includes('dast'))
    fault(
      ['tools', tools.indexOf('dast')],
      '"dast" needs a "stackBaseUrl": there would be no target to scan',
    );
});

/** Were both `Release` and `release` allowed, who asks for one could be given the weaker other. */
export const refuseSameNames = always((profiles, context) => {
  for (const at of repeated(namesOf(profiles)))
    context.addIssue({
      code: 'custom',
      path: [at, 'name'],
      message: 'another profile has this name, whatever its case',
    });
});

/** A test that waits for a profile which can never run would never fail. */
export const refuseMissingProfiles = always((given, context) => {
  const manifest = record(given);
  const names = namesOf(manifest.profiles);
  for (const [of, outcome] of list(manifest.compliance).entries())
    for (const [at, control] of list(record(outcome).controls).entries())
      for (const [nth, test] of list(record(control).tests).entries()) {
        const { linkedProfile } = record(test);
        if (typeof linkedProfile !== 'string' || names.includes(sameName(linkedProfile))) continue;
        context.addIssue({
          code: 'custom',
          path: ['compliance', of, 'controls', at, 'tests', nth, 'linkedProfile'],
          message: 'the manifest has no profile of this name',
        });
      }
});

const namesOf = (profiles: unknown): unknown[] =>
  list(profiles).map((profile) => {
    const { name } = record(profile);
    return typeof name === 'string' ? sameName(name) : undefined;
  });

const toolName = (choice: unknown): unknown => (typeof choice === 'string' ? choice : record(choice).id);

/** Where a text stands that stood before. */
const repeated = (values: readonly unknown[]): number[] =>
  values.flatMap((value, at) => (typeof value === 'string' && values.indexOf(value) < at ? [at] : []));

const list = (value: unknown): readonly unknown[] => (Array.isArray(value) ? value.slice(0, 1000) : []);

const record = (value: unknown): Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : {};
