import { describe, expect, test } from '@jest/globals';
import { findCandidates } from '../../../domain/sanitize/find.ts';
import { DOCUMENTS } from '../../../domain/sanitize/kinds/documents.ts';
import { EUROPEAN } from '../../../domain/sanitize/kinds/national-europe.ts';
import { WORLDWIDE } from '../../../domain/sanitize/kinds/national-world.ts';
import { KINDS_OF_DATA } from '../../../domain/sanitize/kinds-of-data.ts';
import { RECOGNISERS } from '../../../domain/sanitize/recognisers.ts';
import { madeUp } from '../privacy/made-up.ts';

const found = (text: string, heading?: string) =>
  findCandidates(text, RECOGNISERS, heading === undefined ? {} : { heading })
    .filter(({ likelihood }) => likelihood >= 0.4)
    .map(({ type, start, end }) => [type, text.slice(start, end)]);

/** As authorities and manuals print them to show how such a number is made. */
const SHOWN = [
  ['DE_TAX_ID', 'Steuer-ID', '86095742719'],
  ['DE_SOCIAL_SECURITY', 'Rentenversicherungsnummer', '15 070649 C 103'],
  ['AT_SOCIAL_SECURITY', 'SVNR', '1237 010180'],
  ['CH_AHV', 'AHV', '756.9217.0769.85'],
  ['FR_NIR', 'NIR', '2 95 10 99 126 111 93'],
  ['ES_NIF', 'DNI', '12345678Z'],
  ['ES_NIE', 'NIE', 'X2482300W'],
  ['IT_FISCAL_CODE', 'codice fiscale', 'RCCMNL83S18D969H'],
  ['NL_BSN', 'BSN', '111222333'],
  ['BE_NATIONAL_NUMBER', 'Rijksregisternummer', '85.07.30-033.28'],
  ['SE_PERSONNUMMER', 'personnummer', '811228-9874'],
  ['NO_FODSELSNUMMER', 'fødselsnummer', '15108695088'],
  ['FI_PERSONAL_IDENTITY_CODE', 'HETU', '131052-308T'],
  ['PL_PESEL', 'PESEL', '44051401458'],
  ['PT_NIF', 'contribuinte', '501964843'],
  ['TR_NATIONAL_ID', 'TCKN', '17291716060'],
  ['ZA_ID', 'South African ID', '7503305044089'],
  ['CN_RESIDENT_ID', 'Resident ID', '11010519491231002X'],
  ['MX_CURP', 'CURP', 'BOXW310820HNERXN09'],
  ['BR_CPF', 'CPF', '390.533.447-05'],
  ['AR_CUIT', 'CUIT', '20-05536168-2'],
  ['CL_RUT', 'RUT', '12.531.909-2'],
  ['CA_SIN', 'SIN', '123-456-782'],
  ['AU_TFN', 'TFN', '123 456 782'],
  ['AU_ABN', 'ABN', '83 914 571 673'],
  ['UK_NHS', 'NHS number', '943 476 5919'],
  ['US_MBI', 'MBI', '1EG4-TE5-MK73'],
  ['IE_PPS', 'PPS', '6433435F'],
] as const;

describe('a number that an authority shows', () => {
  test.each(SHOWN)('%s is one behind its name', (type, label, value) => {
    expect(found(`${label}: ${value}`)).toContainEqual([type, value]);
    expect(found(`"${label}": "${value}",`)).toContainEqual([type, value]);
    expect(found(`${value};1\n`, `${label};amount`)).toContainEqual([type, value]);
  });

  test.each(SHOWN.filter(([type]) => !['US_MBI'].includes(type)))(
    '%s is none with another digit',
    (type, label, value) => {
      const wrong = [...value].map((sign, at) =>
        /\d/.test(sign) ? `${value.slice(0, at)}${(Number(sign) + 1) % 10}${value.slice(at + 1)}` : value,
      );
      const taken = wrong.filter(
        (one) => one !== value && found(`${label}: ${one}`).some(([of]) => of === type),
      );
      // in some countries a digit may be wrong in few places without the others telling
      expect(taken.length).toBeLessThanOrEqual(2);
    },
  );
});

test('a number that needs its name is nothing without it', () => {
  for (const value of [
    '111222333',
    '44051401458',
    '943 476 5919',
    '123-456-782',
    '7503305044089',
    '1237010180',
  ])
    expect(found(`total ${value} of`).filter(([type]) => type !== 'PHONE_NUMBER')).toEqual([]);
});

test('a name takes the number behind it, and not the one that another name has', () => {
  expect(found('BSN 111222333, NHS number 943 476 5919')).toEqual(
    expect.arrayContaining([
      ['NL_BSN', '111222333'],
      ['UK_NHS', '943 476 5919'],
    ]),
  );
  expect(found('bypass 111222333 absn 111222333')).toEqual([]);
});

test.each(['taxId', 'tax_id', 'TAX-ID', 'Tax ID', 'tax id no.'])('a name may be written as %s', (label) => {
  expect(found(`${label} = 86095742719`)).toContainEqual(['DE_TAX_ID', '86095742719']);
});

test('every kind is listed once, with whether it has a form', () => {
  const types = KINDS_OF_DATA.map(({ type }) => type);
  expect(new Set(types).size).toBe(types.length);
  expect(types.length).toBeGreaterThan(80);
  expect(KINDS_OF_DATA.filter(({ patterned }) => !patterned).map(({ type }) => type)).toEqual([
    'LOCATION',
    'ORGANIZATION',
    'PERSON',
    'STREET_ADDRESS',
  ]);
});

/** These are told by letters alone. */
const WITHOUT_DIGITS = new Set(['UK_NINO', 'MAC_ADDRESS', 'DE_DRIVER_LICENSE']);
const CHECKED = [...EUROPEAN, ...WORLDWIDE, ...DOCUMENTS].flatMap(({ type, isValid }) =>
  isValid === undefined || WITHOUT_DIGITS.has(type) ? [] : [[type, isValid] as const],
);

test.each(CHECKED)('the check of %s is there, and refuses most numbers', (_, isValid) => {
  const numbers = Array.from({ length: 200 }, (_unused, seed) => madeUp(seed + 1).digits(11));
  expect(numbers.filter((number) => isValid(`A${number}`)).length).toBeLessThan(60);
});
