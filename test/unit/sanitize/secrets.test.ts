import { describe, expect, test } from '@jest/globals';
import { findCandidates } from '../../../domain/sanitize/find.ts';
import { SECRET } from '../../../domain/sanitize/kinds/secret.ts';
import { madeUp } from '../privacy/made-up.ts';

const found = (text: string, path = '') =>
  findCandidates(text, [SECRET], { path }).map(({ start, end }) => text.slice(start, end));

// put together here, so that the source of this test holds none of them
const many = (count: number, seed = 7) =>
  Array.from({ length: count }, (_, at) => 'aB3dE7gH1jK5mN9pQ2sT4vW6xY8zA0cF'[(at * 7 + seed) % 32]).join('');
const hex = (count: number) => madeUp(11).hex(count);
const capitals = (count: number) =>
  many(count)
    .toUpperCase()
    .replace(/[0189]/g, 'K');

describe('every token that the scanner for secrets knows is found in a sentence', () => {
  test.each([
    `AKIA${capitals(16)}`,
    `ghp_${many(36)}`,
    `github_pat_${many(22)}_${many(59)}`,
    `glpat-${many(20)}`,
    `npm_${many(36)}`,
    `xoxb-204817396521-${many(24)}`,
    `https://hooks.slack.com/services/T0A1B2C3D/B0A1B2C3D/${many(24)}`,
    `sk-proj-${many(74)}T3BlbkFJ${many(74)}`,
    `sk-ant-api03-${many(93)}AA`,
    `gsk_${many(52)}`,
    `lin_api_${many(40)}`,
    `ntn_12345670912${many(35)}`,
    `shpat_${hex(32)}`,
    `sk_live_${many(24)}`,
    `glc_${many(40)}`,
    `glsa_${many(32)}_${hex(8)}`,
    `hvs.${many(95)}`,
    `dapi${hex(32)}`,
    `dckr_pat_${many(27)}`,
    `figd_${many(44)}`,
    `SG.${many(22)}.${many(43)}`,
    `hf_${many(34)}`,
    `AIza${many(35)}`,
  ])('%s', (token) => {
    expect(found(`please use ${token} for now`)).toContain(token);
    expect(found(`${token.slice(0, 8)} alone is nothing`)).toEqual([]);
  });
});

describe('a password that somebody tells is found', () => {
  test.each([
    ['password: %', 'hunter2Xy'],
    ['the password is % for all', 'Gato_negro77'],
    ['Das Passwort lautet %', 'Sommer#2024x'],
    ['mot de passe : %', 'Soleil#1987'],
    ['contraseña: %', 'Gato!negro77'],
    ['كلمة المرور: %', 'Qamar#1987'],
  ])('%s', (text, password) => {
    expect(found(text.replace('%', () => password))).toEqual([password]);
  });

  test.each([
    'password: required',
    'the password is wrong',
    'password = getPassword(user)',
    'const token = req.headers.authorization',
    `password: $\{DB_PASSWORD}`,
    'secret: process.env.SECRET_1',
    'login: https://fastpost.de/login2',
  ])('and not: %s', (text) => {
    expect(found(text)).toEqual([]);
  });
});

test('a private key is found, and so is one that is cut off', () => {
  const lines = Array.from({ length: 6 }, (_, at) => many(64, at)).join('\n');
  const begin = ['-----BEGIN RSA', 'PRIVATE KEY-----'].join(' ');
  const end = ['-----END RSA', 'PRIVATE KEY-----'].join(' ');
  expect(found(`x\n${begin}\n${lines}\n${end}\ny`)).toContain(`${begin}\n${lines}\n${end}`);
  expect(found(`x\n${begin}\n${lines}`)).toContain(`${begin}\n${lines}`);
});
