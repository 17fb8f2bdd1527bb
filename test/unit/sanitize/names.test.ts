import { describe, expect, test } from '@jest/globals';
import { PrivacyPolicy } from '../../../contracts/privacy.ts';
import { createDetector } from '../../../domain/sanitize/create-detector.ts';

const policy = PrivacyPolicy.parse({
  schema: 'https://certus.dev/privacy-policy/v1',
  name: 'own',
  documents: { min_confidence: 0.4 },
});
const detector = createDetector(policy, 'documents', 'anybodys');
const shown = (text: string, ...types: string[]) =>
  detector
    .detect(text)
    .flatMap(({ type, start, end }) => (types.includes(type) ? [text.slice(start, end)] : []));

describe('a person is', () => {
  test.each([
    ['somebody with a title', 'Please ask Dr. Okonkwo about it.', ['Okonkwo']],
    ['two of the lists', 'then Maria Schneider went home', ['Maria Schneider']],
    ['with the small words of a name', 'hat Katharina von der Heide gesagt', ['Katharina von der Heide']],
    ['without what follows', 'Gestern hat Ursula Weiß den Vertrag geprüft', ['Ursula Weiß']],
    ['turned about', 'Schneider, Maria (4711)', ['Schneider, Maria']],
    ['an initial and a name', 'written by J. Schneider in 2020', ['J. Schneider']],
    ['in front of an address', 'Zdenka Wrona <z.wrona@fastpost.de>', ['Zdenka Wrona']],
    ['below the end of a letter', 'Kind regards,\nTunde Bakare\n', ['Tunde Bakare']],
    ['named by a field', '"last_name": "Zubiri"', ['Zubiri']],
    ['in Arabic', 'قال محمد أحمد العلي إن', ['محمد أحمد العلي']],
    ['behind an Arabic title', 'السيد خالد الحربي', ['خالد الحربي']],
    ['mentioned again', 'Maria Schneider came. Then Schneider left.', ['Maria Schneider', 'Schneider']],
  ])('%s', (_, text, expected) => {
    expect(shown(text, 'PERSON')).toEqual(expected);
  });

  test('in the column of a table', () => {
    expect(shown('id,first_name,city\n1,Xoana,x\n2,Anna,y\n', 'PERSON')).toEqual(['Xoana', 'Anna']);
  });
});

test.each([
  'Mark the task as done and Grant Access to Jenkins',
  'class Max extends Min { private readonly Rich = new Text(); }',
  'see Victoria Station, St. Paul and San Francisco Bay',
  'const anna_schneider = getMaria(Schneider.Map)',
  'file name: Schneider',
  'Hello World! Dear Customer, Hi Team,',
  'Will May be late? April and June were warm.',
  'github.com/maria/schneider and @maria',
  'NO EVENT SHALL THE AUTHOR BE LIABLE FOR ANY CLAIM',
])('nobody is in: %s', (text) => {
  expect(shown(text, 'PERSON')).toEqual([]);
});

describe('an address is', () => {
  test.each([
    ['1428 Elm Street, Springfield, OH 45501', ['1428 Elm Street'], ['Springfield, OH 45501']],
    ['Hauptstraße 5, 10115 Berlin', ['Hauptstraße 5'], ['10115 Berlin']],
    ['Berliner Str. 112a', ['Berliner Str. 112a'], []],
    ['8 bis rue des Lilas, 69003 Lyon', ['8 bis rue des Lilas'], ['69003 Lyon']],
    ['Calle Mayor, 15, 2º B, 28013 Madrid', ['Calle Mayor, 15, 2º B'], ['28013 Madrid']],
    ['شارع الملك فهد 12', ['شارع الملك فهد 12'], []],
    ['Postfach 12 34', ['Postfach 12 34'], []],
  ])('%s', (text, streets, places) => {
    expect(shown(text, 'STREET_ADDRESS')).toEqual(streets);
    expect(shown(text, 'LOCATION')).toEqual(places);
  });

  test.each(['Weg 5 führt zum Ziel', 'Version 5 Drive 2', 'the way 12 people live', 'page 12 Street'])(
    'none is in: %s',
    (text) => {
      expect(shown(text, 'STREET_ADDRESS')).toEqual([]);
    },
  );
});

test('a firm is told by its form, and is no half of a certainty', () => {
  expect(shown('Die Nordwind Logistik GmbH liefert.', 'ORGANIZATION')).toEqual(['Nordwind Logistik GmbH']);
  const gate = createDetector(PrivacyPolicy.parse({ ...policy, documents: {} }), 'documents');
  expect(gate.detect('Die Nordwind Logistik GmbH liefert nach Berlin.')).toEqual([]);
});

test('what is nobody’s lets a gate pass, and is gone from an index', () => {
  const gate = createDetector(PrivacyPolicy.parse({ ...policy, documents: {} }), 'documents');
  for (const text of ['jo@example.com', '4111 1111 1111 1111', 'John Doe called', 'SSN 123-45-6789']) {
    expect(gate.detect(text)).toEqual([]);
    expect(detector.detect(text)).toHaveLength(1);
  }
  for (const text of [
    'version 4.18.2.117',
    'icon@2x.png',
    'react@18.2.0',
    '127.0.0.1',
    'git@github.com:a/b.git',
  ])
    expect(detector.detect(text)).toEqual([]);
});
