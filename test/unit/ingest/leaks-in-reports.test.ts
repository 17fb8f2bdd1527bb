import { readdirSync, readFileSync } from 'node:fs';
import { expect, test } from '@jest/globals';
import { createDetector } from '../../../domain/sanitize/create-detector.ts';
import { DEFAULT_PRIVACY_POLICY } from '../../../domain/sanitize/default-privacy-policy.ts';
import { indexPolicy } from '../../../domain/sanitize/index-policy.ts';
import { maskText } from '../../../domain/sanitize/mask-text.ts';
import { leaksIn } from '../../fixtures/planted/personal.ts';
import { REMARK } from '../../fixtures/planted/texts.ts';
import { read } from './reading.ts';

type Json = null | boolean | number | string | readonly Json[] | { readonly [key: string]: Json };
const FOLDER = 'test/fixtures/reports';
const detector = createDetector(indexPolicy(DEFAULT_PRIVACY_POLICY), 'documents', 'anybodys');
const mask = (text: string) => maskText(text, detector.detect(text));

/** A few of each list are as good as all of them. */
function shortened(value: Json): Json {
  if (Array.isArray(value)) return value.slice(0, 2).map(shortened);
  if (value === null || typeof value !== 'object') return value;
  return Object.fromEntries(Object.entries(value).map(([name, inner]) => [name, shortened(inner)]));
}

/** The report with something personal behind every text that has this name. */
function planted(value: Json, wanted: string, name = ''): Json {
  if (typeof value === 'string') return name === wanted ? `${value} ${REMARK}` : value;
  if (Array.isArray(value)) return value.map((inner) => planted(inner, wanted, name));
  if (value === null || typeof value !== 'object') return value;
  const entries = Object.entries(value).map(([own, inner]) => [own, planted(inner, wanted, own)]);
  return Object.fromEntries(entries);
}

function namesOfTexts(value: Json, name = ''): Set<string> {
  if (typeof value === 'string') return new Set([name]);
  if (value === null || typeof value !== 'object') return new Set();
  const inner = Array.isArray(value) ? value.map((one) => [name, one] as const) : Object.entries(value);
  return new Set(inner.flatMap(([own, one]) => [...namesOfTexts(one, own)]));
}

test.each(readdirSync(FOLDER))('of whatever field of %s, nothing personal comes through', async (name) => {
  const report = shortened(JSON.parse(readFileSync(`${FOLDER}/${name}`, 'utf8')) as Json);
  const leaks: string[] = [];
  let seen = 0;
  for (const field of namesOfTexts(report)) {
    const { drafts, opaque } = await read(JSON.stringify(planted(report, field)), { name, mask });
    const all = JSON.stringify({ drafts, opaque });
    if (all.includes('seen by')) seen += 1;
    leaks.push(...leaksIn(all).map((leak) => `${field}: ${leak}`));
  }
  expect(leaks).toEqual([]);
  expect(seen).toBeGreaterThan(0);
});
