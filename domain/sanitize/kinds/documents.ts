import { type Identifier, onlyDigits, weighted } from './identifier.ts';

const DRIVING = [
  'driver license',
  'drivers license',
  'driver s license',
  'driving license',
  'driving licence',
  'driver licence',
  'driver s licence',
  'license number',
  'licence number',
  'dl no',
  'dl number',
  'dl',
  'license no',
  'licence no',
  'driverslicense',
];
const PLATES = [
  'kennzeichen',
  'kfz kennzeichen',
  'amtliches kennzeichen',
  'nummernschild',
  'autokennzeichen',
];

const GERMAN_PAPERS = ['ausweis', 'personalausweis', 'dienstausweis', 'reisepass'].flatMap((paper) => [
  paper,
  `${paper}nummer`,
  `${paper} nummer`,
  `${paper}nr`,
  `${paper} nr`,
]);

/** Passports, driving licences and what doctors and insurers give out: hardly one of them has a check digit. */
export const DOCUMENTS: readonly Identifier[] = [
  {
    type: 'US_PASSPORT',
    shape: '[A-Za-z]\\d{8}|\\d{9}',
    labels: ['passport', 'us passport', 'american passport'],
    labelled: 0.8,
  },
  {
    type: 'DE_ID_CARD',
    shape: '[CFGHJKLMNPRTVWXYZ][CFGHJ-NPRTV-Z0-9]{8}\\d?',
    labels: GERMAN_PAPERS,
    isValid: isGermanPaper,
    labelled: 0.85,
  },
  {
    type: 'DE_ID_CARD',
    shape: '[CFGHJKLMNPRTVWXYZ][CFGHJ-NPRTV-Z0-9]{0,7}[CFGHJ-NPRTV-Z][CFGHJ-NPRTV-Z0-9]{0,7}\\d',
    labels: ['passport', 'german passport', 'german id'],
    isValid: (value) => (value.length === 9 || value.length === 10) && isGermanPaper(value),
    labelled: 0.8,
  },
  {
    type: 'MAC_ADDRESS',
    shape: '[0-9A-Fa-f]{4}\\.[0-9A-Fa-f]{4}\\.[0-9A-Fa-f]{4}',
    labels: ['mac', 'mac address', 'hwaddr', 'bssid', 'cisco'],
    isValid: (value) => /\d/.test(value),
    labelled: 0.8,
  },
  {
    type: 'UK_PASSPORT',
    shape: '\\d{9}',
    labels: ['british passport', 'uk passport', 'hm passport', 'passport uk', 'hmpo'],
    labelled: 0.8,
  },
  {
    type: 'IN_PASSPORT',
    shape: '[A-PR-WY][1-9]\\d{6}',
    labels: ['passport', 'indian passport'],
    labelled: 0.8,
  },
  {
    type: 'FR_PASSPORT',
    shape: '\\d{2}[A-Z]{2}\\d{5}',
    labels: ['passeport', 'passport', 'french passport'],
    labelled: 0.85,
  },
  {
    type: 'ES_PASSPORT',
    shape: '[A-Z]{2,3}\\d{6}',
    labels: ['pasaporte', 'passport', 'spanish passport'],
    labelled: 0.85,
  },
  {
    type: 'IT_PASSPORT',
    shape: '[A-Z]{2}\\d{7}',
    labels: ['passaporto', 'italian passport'],
    labelled: 0.85,
  },
  {
    type: 'PASSPORT',
    shape: '[A-Z]{1,2}\\d{6,8}|\\d{8,9}',
    labels: ['جواز', 'جواز السفر', 'رقم جواز السفر', 'pasaporte', 'passeport', 'passaporto'],
    labelled: 0.75,
  },
  {
    type: 'KR_PASSPORT',
    shape: '[MSRODG]\\d{3}[A-Z]?\\d{4,5}',
    labels: ['여권', '여권번호', 'korean passport'],
    labelled: 0.8,
  },
  {
    type: 'US_DRIVER_LICENSE',
    shape:
      '[A-Z]\\d{3}-\\d{4}-\\d{4}|[A-Z]\\d{3}-\\d{3}-\\d{2}-\\d{3}-\\d|[A-Z]{1,2}\\d{5,13}|\\d{7,12}|[A-Z]\\d{2}-\\d{2}-\\d{4}',
    labels: DRIVING,
    labelled: 0.7,
  },
  {
    type: 'UK_DRIVING_LICENCE',
    shape: '[A-Z9]{5} ?\\d[0156]\\d[0-3]\\d{2} ?[A-Z9]{2}[A-Z\\d]{3}',
    labels: DRIVING,
    alone: ['[A-Z]{3}[A-Z9]{2}\\d[0156]\\d[0-3]\\d{2}[A-Z9]{2}\\d[A-Z]{2}', 0.65],
    labelled: 0.9,
  },
  {
    type: 'DE_DRIVER_LICENSE',
    shape: '[A-Z0-9]\\d{2}[A-Z0-9]{6}\\d[A-Z0-9]',
    labels: ['führerschein', 'führerscheinnummer', 'führerschein nr', 'fahrerlaubnis', 'fahrerlaubnisnummer'],
    isValid: (value) => /\d/.test(value),
    labelled: 0.8,
  },
  {
    type: 'FR_DRIVER_LICENSE',
    shape: '\\d{12}|\\d{2}[A-Z]{2}\\d{5}',
    labels: ['permis de conduire', 'numéro de permis', 'permis'],
    labelled: 0.8,
  },
  {
    type: 'IT_DRIVER_LICENSE',
    shape: '[A-Z]{2}\\d{7}[A-Z]|U1[BCDFGHJ-NPRSTVWXYZ0-9]{7}[A-Z]',
    labels: ['patente', 'patente di guida', 'numero patente'],
    labelled: 0.8,
  },
  {
    type: 'UK_VEHICLE_REGISTRATION',
    shape: '[A-Z]{2}\\d{2} ?[A-Z]{3}',
    labels: ['number plate', 'registration number', 'reg no', 'vehicle registration', 'vrn'],
    labelled: 0.75,
  },
  {
    type: 'DE_KFZ',
    shape: '[A-ZÄÖÜ]{1,3}[ -][A-Z]{1,2} ?\\d{1,4}[EH]?',
    labels: PLATES,
    labelled: 0.8,
  },
  {
    type: 'MEDICAL_LICENSE',
    shape: '[ABCDEFGHJKLMPRSTUXabcdefghjklmprstux][A-Za-z9]\\d{7}',
    labels: [
      'dea',
      'dea number',
      'dea no',
      'medical license',
      'medical licence',
      'medical license number',
      'prescriber',
    ],
    isValid: isPrescriber,
  },
  {
    type: 'US_NPI',
    shape: '[12]\\d{9}',
    labels: ['npi', 'national provider identifier', 'npi number'],
    isValid: isProvider,
  },
  {
    type: 'US_MBI',
    shape:
      '[1-9][AC-HJKMNP-RT-Y][AC-HJKMNP-RT-Y\\d]\\d-?[AC-HJKMNP-RT-Y][AC-HJKMNP-RT-Y\\d]\\d-?[AC-HJKMNP-RT-Y]{2}\\d{2}',
    labels: ['mbi', 'medicare', 'medicare beneficiary', 'medicare number', 'medicare id', 'beneficiary'],
    alone: [
      '[1-9][AC-HJKMNP-RT-Y][AC-HJKMNP-RT-Y\\d]\\d-[AC-HJKMNP-RT-Y][AC-HJKMNP-RT-Y\\d]\\d-[AC-HJKMNP-RT-Y]{2}\\d{2}',
      0.75,
    ],
    labelled: 0.9,
  },
  {
    type: 'MEDICAL_RECORD',
    shape: '[A-Z]{0,3}-?\\d{5,12}',
    labels: [
      'mrn',
      'medical record number',
      'medical record no',
      'medical record',
      'patient id',
      'patient no',
      'patient number',
      'patientennummer',
      'patienten nr',
      'patienten id',
      'fallnummer',
      'numéro de dossier',
      'dossier patient',
      'número de historia clínica',
      'historia clínica',
      'nhc',
      'رقم الملف',
      'رقم الملف الطبي',
    ],
    labelled: 0.75,
  },
];

/** Weights of 7, 3 and 1, as on every document that a machine reads; most people leave the check digit out. */
function isGermanPaper(value: string): boolean {
  if (!/\d/.test(value)) return false;
  if (value.length === 9) return true;
  const sum = [...value.slice(0, -1)].reduce(
    (all, sign, at) => all + Number.parseInt(sign, 36) * ([7, 3, 1][at % 3] ?? 1),
    0,
  );
  return sum % 10 === Number(value.at(-1));
}

/** As the authority for controlled substances makes them. */
function isPrescriber(value: string): boolean {
  const digits = value.slice(2);
  const sum = weighted(digits, [1, 2, 1, 2, 1, 2]);
  return sum % 10 === Number(digits[6]);
}

/** The check digit of cards, over a prefix that is never written. */
function isProvider(value: string): boolean {
  const digits = `80840${onlyDigits(value)}`;
  let sum = 0;
  for (let at = 0; at < digits.length; at += 1) {
    const digit = Number(digits[digits.length - 1 - at]) * (at % 2 === 0 ? 1 : 2);
    sum += digit > 9 ? digit - 9 : digit;
  }
  return sum % 10 === 0;
}
