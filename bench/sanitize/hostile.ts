import { findCandidates } from '../../domain/sanitize/find.ts';
import type { Recogniser } from '../../domain/sanitize/recogniser.ts';
import { RECOGNISERS } from '../../domain/sanitize/recognisers.ts';

export type Hostile = { readonly type: string; readonly piece: string; readonly ratio: number };

/**
 * The slowest text of one piece over and over, for each recogniser by itself; beside what all of them together need for
 * plain text of the same length.
 */
export function slowest(plain: string): Hostile[] {
  const all = quickest(() => findCandidates(plain, RECOGNISERS));
  return RECOGNISERS.map((recogniser) => slowestFor(recogniser, plain.length, all));
}

function slowestFor(recogniser: Recogniser, length: number, all: number): Hostile {
  const times = PIECES.map((piece) => {
    const text = piece.repeat(Math.ceil(length / piece.length)).slice(0, length);
    return { piece, ms: quickest(() => findCandidates(text, [recogniser])) };
  });
  const worst = times.reduce((a, b) => (b.ms > a.ms ? b : a));
  return { type: recogniser.type, piece: worst.piece, ratio: worst.ms / all };
}

function quickest(work: () => unknown): number {
  const times = [0, 1, 2].map(() => {
    const { user: before } = process.cpuUsage();
    work();
    return (process.cpuUsage().user - before) / 1000;
  });
  return Math.min(...times);
}

/** What begins like something that is looked for, and goes on like it, and never comes to its end. */
const PIECES = [
  'a',
  'A',
  '1',
  '1 ',
  '1-',
  '.',
  '1.',
  '12.',
  '@',
  'a@',
  'a@b.',
  'a.b',
  '+',
  '+1 ',
  '+49 30 ',
  '(030) ',
  '0',
  '00 ',
  ':',
  '::',
  'a:',
  'aa:',
  'aa-',
  '-',
  'DE44 ',
  'DE44',
  'born ',
  'born on 1.',
  'Name: ',
  'Name:A ',
  'Dear Mr A ',
  'Patient: A B ',
  'Van de ',
  'A b ',
  'GPS 1.',
  '1.123456, ',
  'bc1q',
  '0x',
  '0xa',
  '4539 1488 ',
  '3782 822463 ',
  'passport ',
  'passport A1',
  'ausweis ',
  'ssn ',
  'ssn 536-22-',
  'http://a:',
  'a://',
  '://',
  'password=',
  'token: "',
  'eyJ',
  'eyJa.',
  'AKIA',
  '-----BEGIN ',
  'key = ',
  'Street ',
  '12 Main St ',
  'Straße 1',
  'street,',
  'license ',
  'tax ',
  'né le ',
  'nacido ',
  'el ',
  'الاسم ',
  'tel ',
  'tel: 0',
  'fax 1',
  'a b c d ',
  'Mr. ',
  'Dr. A. ',
  'GmbH ',
  'A GmbH & ',
] as const;
