import { stdnum } from 'stdnum';
import type { Chance } from './chance.ts';

type Make = (chance: Chance) => string;

/** Tries until the check digits are right; no authority has given any of them to anybody. */
const until =
  (holds: (value: string) => boolean, make: Make): Make =>
  (chance) => {
    for (let turn = 0; turn < 200_000; turn += 1) {
      const value = make(chance);
      if (holds(value)) return value;
    }
    throw new Error('no number holds');
  };

const two = (value: number): string => String(value).padStart(2, '0');
const day = ({ below }: Chance): string => two(below(28) + 1);
const month = ({ below }: Chance): string => two(below(12) + 1);
const year = ({ below }: Chance): string => two(below(55) + 45);
const CONSONANTS = 'BCDFGLMNPRSTVZ';
const valid = (country: string, name: string) => {
  const validator = stdnum[country]?.[name];
  if (validator === undefined) throw new Error(`nothing checks ${country}.${name}`);
  return (value: string) => validator.validate(value.replace(/[ .]/g, '')).isValid;
};
const withLuhn = (digits: string): string => {
  for (let check = 0; check < 10; check += 1) if (isLuhn(`${digits}${check}`)) return `${digits}${check}`;
  return digits;
};
function isLuhn(digits: string): boolean {
  let sum = 0;
  [...digits].reverse().forEach((digit, at) => {
    const value = Number(digit) * (at % 2 === 0 ? 1 : 2);
    sum += value > 9 ? value - 9 : value;
  });
  return sum % 10 === 0;
}
const sumOf = (digits: string, weights: readonly number[]): number =>
  weights.reduce((sum, weight, at) => sum + weight * Number(digits[at]), 0);
const grouped = (value: string, sizes: readonly number[], gap: string): string => {
  const starts = sizes.map((_, at) => sizes.slice(0, at).reduce((all, size) => all + size, 0));
  return sizes.map((size, at) => value.slice(starts[at], (starts[at] ?? 0) + size)).join(gap);
};

/** How numbers of each kind are made and written, and what people call them. */
export const NUMBERS: Readonly<
  Record<string, { readonly make: readonly Make[]; readonly called: readonly string[] }>
> = {
  DE_TAX_ID: {
    make: [
      until(valid('DE', 'idnr'), (c) => `${c.below(9) + 1}${c.digits(10)}`),
      (c) =>
        grouped(until(valid('DE', 'idnr'), (d) => `${d.below(9) + 1}${d.digits(10)}`)(c), [2, 3, 3, 3], ' '),
    ],
    called: [
      'Steuer-ID',
      'Steueridentifikationsnummer',
      'Steuerliche Identifikationsnummer',
      'IdNr.',
      'steuer_id',
    ],
  },
  DE_SOCIAL_SECURITY: {
    make: [
      (c) =>
        grouped(
          until(
            valid('DE', 'svnr'),
            (d) => `65${day(d)}${month(d)}${year(d)}${d.letters(1)}${d.digits(3)}`,
          )(c),
          [2, 6, 1, 3],
          ' ',
        ),
      until(valid('DE', 'svnr'), (d) => `12${day(d)}${month(d)}${year(d)}${d.letters(1)}${d.digits(3)}`),
    ],
    called: ['Sozialversicherungsnummer', 'SV-Nummer', 'Rentenversicherungsnummer'],
  },
  AT_SOCIAL_SECURITY: {
    make: [
      (c) =>
        grouped(
          until(
            valid('AT', 'vnr'),
            (d) => `${d.below(9) + 1}${d.digits(3)}${day(d)}${month(d)}${year(d)}`,
          )(c),
          [4, 6],
          ' ',
        ),
    ],
    called: ['SVNR', 'Sozialversicherungsnummer', 'Versicherungsnummer'],
  },
  CH_AHV: {
    make: [(c) => grouped(until(valid('CH', 'ssn'), (d) => `756${d.digits(10)}`)(c), [3, 4, 4, 2], '.')],
    called: ['AHV-Nr.', 'AHV-Nummer', 'Numéro AVS'],
  },
  FR_NIR: {
    make: [(c) => grouped(nir(c), [1, 2, 2, 2, 3, 3, 2], ' '), nir],
    called: ['NIR', 'Numéro de sécurité sociale', 'N° de sécurité sociale', 'Sécurité sociale'],
  },
  ES_NIF: {
    make: [(c) => dni(c), (c) => dni(c).replace(/(?=[A-Z])/, '-')],
    called: ['DNI', 'NIF', 'D.N.I.', 'Documento Nacional de Identidad'],
  },
  ES_NIE: {
    make: [nie, (c) => nie(c).replace(/^(.)(.*)(.)$/, '$1-$2-$3')],
    called: ['NIE', 'Número de identidad de extranjero', 'nie'],
  },
  IT_FISCAL_CODE: {
    make: [
      until(
        valid('IT', 'codicefiscale'),
        (c) =>
          `${c.letters(6, CONSONANTS)}${year(c)}${c.letters(1, 'ABCDEHLMPRST')}${day(c)}${c.letters(1, 'ABCDEFGHIL')}${c.digits(3)}${c.letters(1)}`,
      ),
    ],
    called: ['Codice fiscale', 'C.F.', 'codice fiscale'],
  },
  IT_VAT_CODE: {
    make: [
      until(
        valid('IT', 'iva'),
        (c) => `0${c.digits(6)}${c.pick(['001', '015', '058', '090'])}${c.digits(1)}`,
      ),
    ],
    called: ['Partita IVA', 'P.IVA', 'partita iva'],
  },
  UK_NINO: {
    make: [
      (c) =>
        `${c.letters(1, 'AEHJLMPRS')}${c.letters(1, 'BCEHJLMPRST')} ${c.digits(2)} ${c.digits(2)} ${c.digits(2)} ${c.letters(1, 'ABCD')}`,
      (c) =>
        `${c.letters(1, 'AEHJLMPRS')}${c.letters(1, 'BCEHJLMPRST')}${c.digits(6)}${c.letters(1, 'ABCD')}`,
    ],
    called: ['National Insurance number', 'NI number', 'NINO'],
  },
  UK_NHS: {
    make: [
      (c) =>
        grouped(
          until(
            (value) => {
              const rest = (11 - (sumOf(value, [10, 9, 8, 7, 6, 5, 4, 3, 2]) % 11)) % 11;
              return rest === Number(value[9]);
            },
            (d) => `${d.pick(['4', '6', '7'])}${d.digits(9)}`,
          )(c),
          [3, 3, 4],
          ' ',
        ),
    ],
    called: ['NHS number', 'NHS No', 'nhs_number'],
  },
  NL_BSN: {
    make: [until(valid('NL', 'bsn'), (c) => `${c.below(9) + 1}${c.digits(8)}`)],
    called: ['BSN', 'Burgerservicenummer', 'bsn'],
  },
  BE_NATIONAL_NUMBER: {
    make: [
      (c) => {
        const head = `${year(c)}${month(c)}${day(c)}${String(c.below(900) + 10).padStart(3, '0')}`;
        const value = `${head}${two(97 - (Number(head) % 97))}`;
        return `${value.slice(0, 2)}.${value.slice(2, 4)}.${value.slice(4, 6)}-${value.slice(6, 9)}.${value.slice(9)}`;
      },
    ],
    called: ['Rijksregisternummer', 'Numéro national', 'Numéro de registre national'],
  },
  SE_PERSONNUMMER: {
    make: [
      (c) => {
        const [date, head] = [`${year(c)}${month(c)}${day(c)}`, c.digits(3)];
        return `${date}-${withLuhn(`${date}${head}`).slice(6)}`;
      },
      (c) => {
        const [date, head] = [`${year(c)}${month(c)}${day(c)}`, c.digits(3)];
        return `19${date}-${withLuhn(`${date}${head}`).slice(6)}`;
      },
    ],
    called: ['Personnummer', 'Swedish personal number', 'personnummer'],
  },
  DK_CPR: {
    make: [(c) => `${day(c)}${month(c)}${year(c)}-${c.below(4)}${c.digits(3)}`],
    called: ['CPR', 'CPR-nr.', 'CPR-nummer'],
  },
  NO_FODSELSNUMMER: {
    make: [
      until(valid('NO', 'fodselsnummer'), (c) => `${day(c)}${month(c)}${year(c)}${c.below(5)}${c.digits(4)}`),
    ],
    called: ['Fødselsnummer', 'fødselsnummer', 'Norwegian national ID'],
  },
  FI_PERSONAL_IDENTITY_CODE: {
    make: [
      (c) => {
        const [date, number] = [`${day(c)}${month(c)}${year(c)}`, String(c.below(890) + 2).padStart(3, '0')];
        return `${date}-${number}${'0123456789ABCDEFHJKLMNPRSTUVWXY'[Number(date + number) % 31]}`;
      },
    ],
    called: ['Henkilötunnus', 'HETU', 'Personal identity code'],
  },
  PL_PESEL: {
    make: [
      (c) => {
        const head = `${year(c)}${month(c)}${day(c)}${c.digits(4)}`;
        return `${head}${(10 - (sumOf(head, [1, 3, 7, 9, 1, 3, 7, 9, 1, 3]) % 10)) % 10}`;
      },
    ],
    called: ['PESEL', 'nr PESEL', 'numer PESEL'],
  },
  PT_NIF: {
    make: [until(valid('PT', 'nif'), (c) => `2${c.digits(8)}`)],
    called: ['Contribuinte', 'Número de contribuinte'],
  },
  TR_NATIONAL_ID: {
    make: [
      (c) => {
        const head = `${c.below(9) + 1}${c.digits(8)}`;
        const odd = sumOf(head, [1, 0, 1, 0, 1, 0, 1, 0, 1]);
        const even = sumOf(head, [0, 1, 0, 1, 0, 1, 0, 1, 0]);
        const tenth = (((odd * 7 - even) % 10) + 10) % 10;
        return `${head}${tenth}${(odd + even + tenth) % 10}`;
      },
    ],
    called: ['TC Kimlik No', 'T.C. Kimlik No', 'TCKN'],
  },
  ZA_ID: {
    make: [(c) => withLuhn(`${year(c)}${month(c)}${day(c)}${c.digits(4)}08`)],
    called: ['South African ID', 'SA ID', 'RSA ID number'],
  },
  CN_RESIDENT_ID: {
    make: [
      until(
        valid('CN', 'ric'),
        (c) => `11010519${year(c)}${month(c)}${day(c)}${c.digits(3)}${c.pick([...'0123456789X'])}`,
      ),
    ],
    called: ['身份证号', 'Resident ID', 'Chinese ID'],
  },
  MX_CURP: {
    make: [
      until(
        valid('MX', 'curp'),
        (c) =>
          `${c.letters(1, CONSONANTS)}${c.letters(1, 'AEIO')}${c.letters(2, CONSONANTS)}${year(c)}${month(c)}${day(c)}${c.pick(['H', 'M'])}${c.pick(['DF', 'JC', 'NL', 'VZ'])}${c.letters(3, CONSONANTS)}0${c.digits(1)}`,
      ),
    ],
    called: ['CURP', 'curp'],
  },
  BR_CPF: {
    make: [
      (c) => {
        const value = until(valid('BR', 'cpf'), (d) => d.digits(11))(c);
        return `${value.slice(0, 3)}.${value.slice(3, 6)}.${value.slice(6, 9)}-${value.slice(9)}`;
      },
    ],
    called: ['CPF', 'cpf'],
  },
  BR_CNPJ: {
    make: [
      (c) => {
        const value = until(valid('BR', 'cnpj'), (d) => `${d.digits(8)}0001${d.digits(2)}`)(c);
        return `${value.slice(0, 2)}.${value.slice(2, 5)}.${value.slice(5, 8)}/${value.slice(8, 12)}-${value.slice(12)}`;
      },
    ],
    called: ['CNPJ', 'cnpj'],
  },
  AR_CUIT: {
    make: [
      (c) => {
        const value = until(valid('AR', 'cuit'), (d) => `20${d.digits(9)}`)(c);
        return `${value.slice(0, 2)}-${value.slice(2, 10)}-${value.slice(10)}`;
      },
    ],
    called: ['CUIT', 'CUIL'],
  },
  CL_RUT: {
    make: [
      (c) => {
        const body = `1${c.digits(7)}`;
        let sum = 0;
        [...body].reverse().forEach((digit, at) => {
          sum += Number(digit) * ((at % 6) + 2);
        });
        const check = 11 - (sum % 11);
        return `${body.slice(0, 2)}.${body.slice(2, 5)}.${body.slice(5)}-${check === 11 ? '0' : check === 10 ? 'K' : check}`;
      },
    ],
    called: ['RUT', 'rut'],
  },
  CA_SIN: {
    make: [
      (c) =>
        grouped(withLuhn(`${c.pick(['1', '4', '6', '7'])}${c.digits(7)}`), [3, 3, 3], c.pick([' ', '-'])),
    ],
    called: ['SIN', 'Social Insurance Number', "Numéro d'assurance sociale"],
  },
  IN_AADHAAR: {
    make: [
      (c) =>
        grouped(until(valid('IN', 'aadhaar'), (d) => `${d.below(8) + 2}${d.digits(11)}`)(c), [4, 4, 4], ' '),
    ],
    called: ['Aadhaar', 'Aadhaar number', 'UIDAI'],
  },
  IN_PAN: {
    make: [(c) => `${c.letters(3)}P${c.letters(1)}${c.digits(4)}${c.letters(1)}`],
    called: ['PAN', 'Permanent Account Number', 'PAN card'],
  },
  IN_VEHICLE_REGISTRATION: {
    make: [
      (c) =>
        `${c.pick(['KA', 'MH', 'DL', 'TN'])}${two(c.below(40) + 1)}${c.letters(2, 'ABCDEFGH')}${c.digits(4)}`,
    ],
    called: ['Vehicle number', 'Vehicle registration'],
  },
  SG_NRIC_FIN: {
    make: [
      (c) => {
        const [first, digits] = [c.pick(['S', 'T']), c.digits(7)];
        const sum = sumOf(digits, [2, 7, 6, 5, 4, 3, 2]) + (first === 'T' ? 4 : 0);
        return `${first}${digits}${'JZIHGFEDCBA'[sum % 11]}`;
      },
    ],
    called: ['NRIC', 'NRIC No.', 'FIN'],
  },
  KR_RRN: {
    make: [(c) => `${year(c)}${month(c)}${day(c)}-${c.pick(['1', '2'])}${c.digits(6)}`],
    called: ['주민등록번호', 'RRN', 'Resident registration number'],
  },
  JP_MY_NUMBER: {
    make: [
      (c) => {
        const head = c.digits(11);
        const rest = sumOf(head, [6, 5, 4, 3, 2, 7, 6, 5, 4, 3, 2]) % 11;
        return grouped(`${head}${rest <= 1 ? 0 : 11 - rest}`, [4, 4, 4], ' ');
      },
    ],
    called: ['My Number', 'マイナンバー', '個人番号'],
  },
  AU_ABN: {
    make: [
      (c) =>
        grouped(until(valid('AU', 'abn'), (d) => `${d.below(9) + 1}${d.digits(10)}`)(c), [2, 3, 3, 3], ' '),
    ],
    called: ['ABN', 'Australian Business Number'],
  },
  AU_TFN: {
    make: [(c) => grouped(until(valid('AU', 'tfn'), (d) => d.digits(9))(c), [3, 3, 3], ' ')],
    called: ['TFN', 'Tax File Number'],
  },
  AU_MEDICARE: {
    make: [
      (c) => {
        const head = `${c.pick(['2', '3', '4', '5', '6'])}${c.digits(7)}`;
        return grouped(`${head}${sumOf(head, [1, 3, 7, 9, 1, 3, 7, 9]) % 10}1`, [4, 5, 1], ' ');
      },
    ],
    called: ['Medicare number', 'Medicare card', 'Medicare No.'],
  },
  US_SSN: {
    make: [(c) => `${100 + c.below(500)}-${two(c.below(88) + 10)}-${1000 + c.below(8999)}`],
    called: ['SSN', 'Social Security Number', 'social security no.'],
  },
  US_ITIN: {
    make: [(c) => `9${c.digits(2)}-${c.pick(['71', '78', '80', '85', '92'])}-${1000 + c.below(8999)}`],
    called: ['ITIN', 'Taxpayer ID', 'Individual Taxpayer Identification Number'],
  },
  US_PASSPORT: {
    make: [(c) => `${c.pick(['4', '5', '6'])}8${c.digits(7)}`, (c) => `A${c.below(8) + 1}${c.digits(7)}`],
    called: ['Passport No.', 'passport number', 'US passport'],
  },
  US_DRIVER_LICENSE: {
    make: [
      (c) => `${c.pick(['D', 'B', 'F'])}${c.digits(7)}`,
      (c) => `${c.pick(['S', 'M'])}${c.digits(3)}-${c.digits(4)}-${c.digits(4)}`,
    ],
    called: ["Driver's license", 'Driver License Number', 'DL No'],
  },
  US_BANK_NUMBER: {
    make: [(c) => `${c.below(9) + 1}${c.digits(9)}`],
    called: ['Bank account number', 'Account number', 'checking account'],
  },
  US_MBI: {
    make: [
      (c) =>
        `${c.below(9) + 1}${c.letters(1, 'ACDEFGHJKMNPQRTUVWXY')}${c.digits(2)}-${c.letters(1, 'ACDEFGHJK')}${c.letters(1, 'TUVWXY')}${c.digits(1)}-${c.letters(2, 'MNPQRT')}${c.digits(2)}`,
    ],
    called: ['Medicare ID', 'MBI'],
  },
  MEDICAL_LICENSE: {
    make: [
      (c) => {
        const head = c.digits(6);
        return `${c.pick(['A', 'B', 'F', 'M'])}${c.letters(1)}${head}${sumOf(head, [1, 2, 1, 2, 1, 2]) % 10}`;
      },
    ],
    called: ['DEA', 'DEA number', 'DEA No.'],
  },
  FR_PASSPORT: {
    make: [(c) => `${c.digits(2)}${c.letters(2)}${c.digits(5)}`],
    called: ['Passeport', 'Passeport n°', 'Numéro de passeport'],
  },
  ES_PASSPORT: {
    make: [(c) => `${c.letters(3)}${c.digits(6)}`],
    called: ['Pasaporte', 'Pasaporte n.º', 'Número de pasaporte'],
  },
  DE_ID_CARD: {
    make: [(c) => `${c.pick(['L', 'T', 'C'])}${c.digits(2)}X${c.digits(2)}T${c.digits(2)}`],
    called: ['Personalausweis', 'Ausweisnummer', 'Reisepass-Nr.'],
  },
  UK_DRIVING_LICENCE: {
    make: [
      (c) =>
        `${c.letters(5, CONSONANTS)}${c.digits(1)}${c.pick(['0', '5'])}${c.below(9) + 1}${day(c)}${c.digits(1)}${c.letters(2)}9${c.letters(2)}`,
    ],
    called: ['Driving licence', 'Driving licence number'],
  },
  SA_NATIONAL_ID: {
    make: [(c) => withLuhn(`1${c.digits(8)}`)],
    called: ['رقم الهوية', 'الهوية', 'Iqama number'],
  },
};

function dni({ digits }: Chance): string {
  const number = digits(8);
  return `${number}${'TRWAGMYFPDXBNJZSQVHLCKE'[Number(number) % 23]}`;
}

function nie(chance: Chance): string {
  const [first, number] = [chance.below(3), chance.digits(7)];
  return `${'XYZ'[first]}${number}${'TRWAGMYFPDXBNJZSQVHLCKE'[Number(`${first}${number}`) % 23]}`;
}

function nir(chance: Chance): string {
  const head = `${chance.pick(['1', '2'])}${year(chance)}${month(chance)}${two(chance.below(94) + 1)}${String(chance.below(900) + 1).padStart(3, '0')}${String(chance.below(900) + 1).padStart(3, '0')}`;
  return `${head}${two(97 - Number(BigInt(head) % 97n))}`;
}

export const cardOf = (chance: Chance): string =>
  withLuhn(
    chance.pick([
      `4539${chance.digits(11)}`,
      `5241${chance.digits(11)}`,
      `37${chance.digits(12)}`,
      `6011${chance.digits(11)}`,
    ]),
  );

export function ibanOf(chance: Chance): string {
  const [country, length] = chance.pick([
    ['DE', 18],
    ['FR', 23],
    ['ES', 20],
    ['AT', 16],
    ['BE', 12],
    ['CH', 17],
    ['SA', 20],
  ] as const);
  const account = chance.digits(length);
  let rest = 0;
  for (const sign of `${account}${country}00`) rest = Number(`${rest}${Number.parseInt(sign, 36)}`) % 97;
  return `${country}${two(98 - rest)}${account}`;
}
