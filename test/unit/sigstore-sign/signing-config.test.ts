import { describe, expect, test } from '@jest/globals';
import { readSigningConfig } from '../../../services/sigstore/signing-config.ts';

const NOW = new Date('2026-06-01T00:00:00Z');
const from = (start: string, end?: string) => ({
  start: `${start}T00:00:00Z`,
  ...(end && { end: `${end}T00:00:00Z` }),
});
const service = (name: string, more: object = {}) => ({
  url: `https://${name}.example.org`,
  majorApiVersion: 1,
  validFor: from('2025-01-01'),
  operator: name,
  ...more,
});
const config = (changes: object = {}) => ({
  mediaType: 'application/vnd.dev.sigstore.signingconfig.v0.2+json',
  caUrls: [service('ca')],
  oidcUrls: [service('login')],
  rekorTlogUrls: [service('log')],
  rekorTlogConfig: { selector: 'ANY' },
  tsaUrls: [service('tsa')],
  tsaConfig: { selector: 'ANY' },
  ...changes,
});
const read = (changes: object = {}) => readSigningConfig(Buffer.from(JSON.stringify(config(changes))), NOW);
const logs = (...urls: object[]) => read({ rekorTlogUrls: urls }).logs;

test('names whom to ask', () => {
  expect(read()).toEqual({
    fulcioUrl: 'https://ca.example.org',
    logs: [{ url: 'https://log.example.org', version: 1 }],
    timestampAuthorities: ['https://tsa.example.org'],
  });
});

describe('a service is chosen', () => {
  const old = service('old', { validFor: from('2020-01-01', '2024-01-01') });
  const future = service('future', { validFor: from('2027-01-01') });
  const second = service('second', { majorApiVersion: 2 });

  test('for now, and neither of the past nor of the future', () => {
    expect(logs(old, future, service('log'))[0]?.url).toBe('https://log.example.org');
  });

  test('by the newest interface that is spoken here', () => {
    expect(logs(service('log'), second)).toEqual([{ url: 'https://second.example.org', version: 2 }]);
    expect(logs(second, service('third', { majorApiVersion: 3 }))[0]?.url).toBe('https://second.example.org');
  });

  test('by the newest start, and then in the order of the list', () => {
    const newer = service('newer', { validFor: from('2026-01-01') });
    expect(logs(service('log'), newer)[0]?.url).toBe('https://newer.example.org');
    expect(read({ caUrls: [service('ca'), newer] }).fulcioUrl).toBe('https://newer.example.org');
    expect(logs(service('first'), service('log'))[0]?.url).toBe('https://first.example.org');
  });

  test('as often as was asked for, of each operator once', () => {
    const urls = [service('a'), service('a2', { operator: 'a' }), service('b'), service('c')];
    const chosen = (selection: object) =>
      read({ tsaUrls: urls, tsaConfig: selection }).timestampAuthorities.map((url) => new URL(url).host);
    expect(chosen({ selector: 'EXACT', count: 2 })).toEqual(['a.example.org', 'b.example.org']);
    expect(chosen({ selector: 'ALL' })).toEqual(['a.example.org', 'b.example.org', 'c.example.org']);
    expect(() => chosen({ selector: 'EXACT', count: 4 })).toThrow(/more of the kind timestamp authority/);
  });

  test('not at all when nobody asks for that kind', () => {
    expect(read({ rekorTlogConfig: undefined }).logs).toEqual([]);
  });
});

test.each([
  ['nobody who certifies', { caUrls: [] }],
  ['no log, though one is wanted', { rekorTlogUrls: [] }],
  ['another version', { mediaType: 'application/vnd.dev.sigstore.signingconfig.v0.1+json' }],
  ['an address of another kind', { caUrls: [service('ca', { url: 'file:///etc/passwd' })] }],
  ['no selector', { tsaConfig: {} }],
  ['an unknown selector', { tsaConfig: { selector: 'SERVICE_SELECTOR_UNDEFINED' } }],
  ['a count of none', { tsaConfig: { selector: 'EXACT', count: 0 } }],
  ['services without end', { tsaUrls: Array.from({ length: 101 }, (_, n) => service(`t${n}`)) }],
])('a configuration with %s is refused', (_, changes) => {
  expect(() => read(changes)).toThrow(expect.objectContaining({ code: 'invalid_request' }));
});

test('so is what is no configuration', () => {
  for (const text of ['', '[]', 'null', '{', '"x"'])
    expect(() => readSigningConfig(Buffer.from(text), NOW)).toThrow(
      expect.objectContaining({ code: 'invalid_request' }),
    );
  expect(() => readSigningConfig(Buffer.alloc(1024 * 1024 + 1, 32), NOW)).toThrow(/larger/);
});
