import { describe, expect, test } from '@jest/globals';
import { z } from 'zod';
import { tokenAuthenticator } from '../../../api/authentication.ts';
import { decodeCursor, encodeCursor } from '../../../api/cursor.ts';
import { dependencyFailure } from '../../../api/dependency-failure.ts';
import { logError } from '../../../api/log-error.ts';
import { requestId } from '../../../api/request-id.ts';
import { validate } from '../../../api/validate.ts';

const TOKEN = 'certus_0123456789abcdef0123456789abcdef';

describe('the local token', () => {
  const authenticator = tokenAuthenticator(TOKEN);

  test.each([`Bearer ${TOKEN}`, `bearer  ${TOKEN}`])('%s is let in', async (header) => {
    expect(await authenticator.authenticate(header)).toEqual({
      tenant: 'default',
      subject: 'local',
      roles: ['admin', 'reviewer'],
    });
  });

  test.each([
    undefined,
    '',
    TOKEN,
    'Bearer ',
    `Bearer ${TOKEN.slice(0, -1)}`,
    `Bearer ${TOKEN}0`,
    `Bearer ${TOKEN.toUpperCase()}`,
    `Bearer ${TOKEN} ${TOKEN}`,
    `Basic ${TOKEN}`,
  ])('%s is not', async (header) => {
    expect(await authenticator.authenticate(header)).toBeUndefined();
  });

  test('a token that could be guessed is no token', () => {
    expect(() => tokenAuthenticator('')).toThrow();
    expect(() => tokenAuthenticator('short')).toThrow();
  });
});

describe('the request id', () => {
  test('a sane one is kept', () => {
    expect(requestId('ci-1234.5')).toBe('ci-1234.5');
  });

  test.each([undefined, '', 'a b', 'x"}\n{"level":"info"', 'x'.repeat(129), ['a', 'b'], 'é'])(
    '%j is replaced',
    (given) => {
      expect(requestId(given)).toMatch(/^[0-9a-f-]{36}$/);
    },
  );
});

describe('validation', () => {
  const schema = z.strictObject({ a: z.string(), b: z.object({ n: z.number() }).optional() });

  test('names every fault at once, by its path', () => {
    const parts = {
      query: { schema: z.strictObject({ limit: z.coerce.number().max(10) }), value: { limit: '11' } },
      body: { schema, value: { b: { n: 'x' }, c: 1, d: 2 } },
    };
    expect(() => validate(parts)).toThrow(
      expect.objectContaining({
        code: 'invalid_request',
        fields: ['limit', 'a', 'b.n', 'c', 'd'].map((path) => expect.objectContaining({ path })),
      }),
    );
  });

  test.each(['nul \u0000', 'half a pair \ud800'])('refuses what the database cannot store: %j', (a) => {
    expect(() => validate({ body: { schema, value: { a } } })).toThrow(/NUL/);
  });

  test('gives back what the schemas made of it', () => {
    expect(
      validate({ body: { schema, value: { a: 'x' } }, query: { schema: undefined, value: {} } }),
    ).toEqual({
      body: { a: 'x' },
    });
  });
});

describe('cursors', () => {
  const Place = z.object({ offset: z.number().int().min(0) });

  test('come back as they went', () => {
    expect(decodeCursor(encodeCursor({ offset: 7 }), Place)).toEqual({ offset: 7 });
  });

  test.each([
    '',
    'x',
    'bnVsbA',
    encodeCursor({ offset: -1 }),
    encodeCursor({ offset: '7' }),
    encodeCursor([]),
  ])('%j is a fault of the caller', (cursor) => {
    expect(() => decodeCursor(cursor, Place)).toThrow(
      expect.objectContaining({
        code: 'invalid_request',
        fields: [expect.objectContaining({ path: 'cursor' })],
      }),
    );
  });
});

describe('servers that are away', () => {
  const grpc = (code: number) => Object.assign(new Error('rpc'), { code, details: 'x', metadata: {} });

  test.each([
    ['Temporal', new Error('start failed', { cause: grpc(14) })],
    ['Temporal', grpc(4)],
    ['Temporal', grpc(1)],
    ['the database', Object.assign(new Error(), { code: '57P01' })],
    ['the database', Object.assign(new Error(), { code: 'P1001' })],
    ['a server', new Error('outer', { cause: Object.assign(new Error(), { code: 'ECONNREFUSED' }) })],
  ])('%s: worth another try', (part, error) => {
    expect(dependencyFailure(error)).toMatchObject({ code: 'dependency_unavailable', retryable: true });
    expect(dependencyFailure(error)?.message).toContain(part);
  });

  test.each([
    new Error('a bug'),
    new TypeError('x'),
    grpc(3),
    Object.assign(new Error(), { code: '23505' }),
    'text',
    null,
  ])('%s is not excused', (error) => {
    expect(dependencyFailure(error)).toBeUndefined();
  });
});

test('an error in the log keeps its causes and loses credentials', () => {
  const cause = new Error('cannot clone https://user:hunter2@example.org/x');
  const logged = logError(new TypeError('outer postgres://certus:hunter2@db/certus', { cause }));
  expect(JSON.stringify(logged)).not.toContain('hunter2');
  expect(logged).toMatchObject({ type: 'TypeError', message: 'outer postgres://***@db/certus' });
  expect(logged.stack).toContain('caused by: Error: cannot clone https://***@example.org/x');
});
