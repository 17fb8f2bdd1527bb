import { expect, test } from '@jest/globals';
import { findCandidates } from '../../../domain/sanitize/find.ts';
import { RECOGNISERS } from '../../../domain/sanitize/recognisers.ts';

/** Each begins what a pattern looks for, over and over. */
const PIECES = [
  'Maria ',
  'Maria Schneider ',
  'Maria van der ',
  'J. ',
  'Schneider, Maria ',
  'Al-',
  'Jean-',
  'A.A.',
  'Dr. ',
  'Dear ',
  'Dear A',
  'Regards,\n',
  'Regards,\nA ',
  'name: A ',
  'my name is A ',
  'signed by A ',
  `${'A '.repeat(20)}<a@b.de>`,
  'A B said ',
  'محمد ',
  'محمد بن ',
  'الاسم: ا',
  'شارع ال',
  'Hauptstraße 5 ',
  'Straße 5',
  '12 Rue de ',
  'rue de la ',
  'calle de ',
  'calle Mayor ',
  '12 A Street ',
  'A B C Street ',
  '5 St ',
  'P.O. Box ',
  'lives in ',
  'wohnhaft in A',
  'GmbH ',
  'A & GmbH ',
  'S.A. ',
  'dni ',
  'steuer id 1',
  'tax id ',
  'nir 1 ',
  '123.456.789-',
  '12.345.678/',
  '756.1234.',
  'AB12',
  'A1B2',
  'ABCDEF80A',
  '12345678Z ',
  '1-2-3-',
  'password: ',
  'password: a1',
  'secret=',
  '-----BEGIN PRIVATE KEY-----\nAAAA',
  'ghp_',
  'sk-',
  'aws_secret_',
  '+49 30 1234567 ',
  '+4930123456789 ',
  '030 1234567 ',
  'born in A ',
  'née le 1',
  'a [at] b [dot] ',
  '[at] ',
  'name,\nA,',
  'ssn;name\n1;A;',
  '\u200b1',
  '\udb40\udc41',
];

const SHORT = 6_000;
const TIMES = 8;

/** Not how long it takes, but how much longer for a longer text: eight times, and sixty-four where a pattern goes back and forth. */
test.each(PIECES)('a text of nothing but %j costs no more than its length', (piece) => {
  const text = (length: number) => piece.repeat(Math.ceil(length / piece.length));
  const [short, long] = [text(SHORT), text(SHORT * TIMES)];
  spent(short);
  const growth = () => spent(long) / Math.max(spent(short), LEAST_MS);
  // whoever else uses the processor may disturb one measurement, and hardly all of them
  const least = Math.min(growth(), growth(), growth());
  expect(least).toBeLessThan(TIMES * 4);
});

const LEAST_MS = 1;

function spent(text: string): number {
  const before = process.cpuUsage();
  findCandidates(text, RECOGNISERS);
  const { user, system } = process.cpuUsage(before);
  return (user + system) / 1000;
}
