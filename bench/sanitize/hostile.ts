import { findCandidates } from '../../domain/sanitize/find.ts';
import type { Recogniser } from '../../domain/sanitize/recogniser.ts';
import { RECOGNISERS } from '../../domain/sanitize/recognisers.ts';

export type Hostile = {
  readonly type: string;
  readonly piece: string;
  /** Beside all recognisers on plain text of the same length. */
  readonly ratio: number;
  /** How many times more a letter takes of a text of four times the length: one, where nothing grows by the square. */
  readonly growth: number;
};

/**
 * Each recogniser by itself on texts of one piece over and over. The slowest of all are told with what they need for a long
 * text, beside what all recognisers together need for plain text of the same length: what grows by the square shows there.
 */
export function slowest(plain: string): Hostile[] {
  const tried = RECOGNISERS.flatMap((recogniser) =>
    PIECES.map((piece) => ({ recogniser, piece, ms: taking(recogniser, piece, SHORT) })),
  );
  const all = Math.min(...[0, 1, 2].map(() => cpu(() => findCandidates(plain, RECOGNISERS))));
  return tried
    .sort((a, b) => b.ms - a.ms)
    .slice(0, SLOWEST)
    .map(({ recogniser, piece }) => {
      const quickest = (length: number) =>
        Math.min(...[0, 1, 2].map(() => taking(recogniser, piece, length)));
      const ms = quickest(plain.length);
      return {
        type: recogniser.type,
        piece,
        ratio: ms / all,
        growth: ms / (4 * quickest(plain.length / 4)),
      };
    })
    .sort((a, b) => b.ratio - a.ratio);
}

const SHORT = 16 * 1024;
const SLOWEST = 24;

const taking = (recogniser: Recogniser, piece: string, length: number): number => {
  const text = piece.repeat(Math.ceil(length / piece.length)).slice(0, length);
  return cpu(() => findCandidates(text, [recogniser]));
};

function cpu(work: () => unknown): number {
  const before = process.cpuUsage();
  work();
  const { user, system } = process.cpuUsage(before);
  return (user + system) / 1000;
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
