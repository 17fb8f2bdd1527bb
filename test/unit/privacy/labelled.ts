import { bitcoinAddress, inFours, madeUp, withIbanDigits, withLuhn } from './made-up.ts';

/** What is one of a kind, and what only looks like it. */
export type Labelled = {
  readonly type: string;
  readonly positive: readonly string[];
  readonly negative: readonly string[];
};

const SEEDS = Array.from({ length: 24 }, (_, at) => at + 1);
const FIRST = ['jo', 'ana', 'lena', 'marc', 'ines', 'tom', 'yuki', 'olga'];
const LAST = ['moreno', 'keller', 'dubois', 'novak', 'silva', 'berg', 'tanaka', 'ruiz'];
const DOMAINS = ['fastpost.de', 'mail.fastpost.co.uk', 'correo-rapido.es', 'postler.fr'];
const AROUND = ['%', 'write to %.', '<%>', '"%",', 'a;%;b', '(%)', '%\n', 'x = "%"'];
const around = (seed: number, value: string) =>
  (AROUND[seed % AROUND.length] as string).replace('%', () => value);
const each = (make: (of: ReturnType<typeof madeUp>, seed: number) => string): string[] =>
  SEEDS.map((seed) => make(madeUp(seed), seed));

const card = ({ pick, digits }: ReturnType<typeof madeUp>): string =>
  withLuhn(`${pick(['4539', '4716', '5241', '5378', '6011', '2291'])}${digits(11)}`);
const iban = ({ pick, digits }: ReturnType<typeof madeUp>): string => {
  const [country, length] = pick([
    ['DE', 18],
    ['FR', 23],
    ['ES', 20],
    ['AT', 16],
    ['BE', 12],
    ['CH', 17],
  ] as const);
  return withIbanDigits(country, digits(length));
};
const publicHost = ({ below }: ReturnType<typeof madeUp>): string =>
  `${[23, 45, 81, 93, 151, 185, 212][below(7)]}.${below(200) + 20}.${below(250) + 1}.${below(200) + 20}`;

export const LABELLED: readonly Labelled[] = [
  {
    type: 'EMAIL_ADDRESS',
    positive: each(({ pick, below }, seed) =>
      around(
        seed,
        `${pick(FIRST)}${pick(['.', '_', '-', '+x.', ''])}${pick(LAST)}${below(2) ? below(99) : ''}@${pick(DOMAINS)}`,
      ),
    ),
    negative: [
      ...each(
        ({ pick, digits }) =>
          `${pick(['@scope/pkg', 'lodash@4.17', 'git@', '@media print', 'user@localhost', 'a @ b.c'])} ${digits(2)}`,
      ),
      'jo@example.com',
      'x@y.invalid',
      'noreply@fastpost.de',
      'icon@2x.png',
      '1+jo@users.noreply.github.com',
      'npm i react@18.2.0',
    ],
  },
  {
    type: 'CREDIT_CARD',
    positive: each((of, seed) => {
      const number = card(of);
      return [
        inFours(number),
        inFours(number, '-'),
        `17,${inFours(number)},4`,
        `card no. ${number}`,
        `Kreditkarte: ${number}`,
        `"visa": "${number}"`,
        number,
      ][seed % 7] as string;
    }),
    negative: [
      ...each((of, seed) => {
        const number = card(of);
        const wrong = `${number.slice(0, -1)}${(Number(number.at(-1)) + 1) % 10}`;
        return [
          `card ${wrong}`,
          `${number}0`,
          `x${number}`,
          `0.${number}`,
          `sha: ${of.hex(8)}${number}${of.hex(8)}`,
          `id: ${number}`,
          `12-${number}`,
          `"timestamp": ${number}`,
        ][seed % 8] as string;
      }),
      'card 4111 1111 1111 1111',
      '4242424242424242',
      '0000 0000 0000 0000',
      '1700000000000',
      '20240101120000123',
    ],
  },
  {
    type: 'IBAN_CODE',
    positive: each((of, seed) => {
      const code = iban(of);
      return [
        code,
        inFours(code),
        `IBAN: ${code}.`,
        `"${code}"`,
        `iban ${code.toLowerCase()}`,
        `${inFours(code)} BIC`,
      ][seed % 6] as string;
    }),
    negative: [
      ...each((of, seed) => {
        const code = iban(of);
        const wrong = `${code.slice(0, -1)}${(Number(code.at(-1)) + 1) % 10}`;
        return [wrong, inFours(wrong), `${code}7`, `A${code}`, of.hex(22), `ab${of.digits(20)}`][
          seed % 6
        ] as string;
      }),
      'DE89370400440532013000',
      'GB29 NWBK 6016 1331 9268 19',
    ],
  },
  {
    type: 'PHONE_NUMBER',
    positive: each((of, seed) => {
      const rest = `${of.below(9) + 1}${of.digits(3).replace(/(.)\1/g, '$14')} ${of.below(9) + 1}${of.below(9)}61`;
      return [
        `+49 30 ${rest}`,
        `call +44 20 ${rest}`,
        `Tel.: 030 ${rest}`,
        `phone: (030) ${rest}`,
        `+1 (415) 867-${of.below(9)}309`,
        `mobile 0171/ ${rest}`.replace('/ ', '/'),
        `Téléphone : 01 42 68 53 ${10 + of.below(80)}`,
        `+33 1 42 68 53 ${10 + of.below(80)}`,
        `móvil 612 34${of.below(9)} 8${of.below(9)}1`.replace(/ (\d{3}) (\d{3})$/, ' $1 $2'),
        `fax 415-867-${of.below(9)}309`,
      ][seed % 10] as string;
    }),
    negative: [
      ...each(
        ({ digits, below }, seed) =>
          [
            `${digits(3)} ${digits(3)} ${digits(4)}`,
            `2024-01-${10 + below(18)}T10:00:00+01:00`,
            `v${below(9)}.${below(9)}.${below(9)}`,
            `${digits(4)}-${digits(4)}`,
            `x +${below(9)}`,
            `${digits(12)}`,
            `12.0${below(9)}.2024`,
            `build ${digits(10)}`,
            `+${below(9) + 1}.${digits(3)}`,
          ][seed % 9] as string,
      ),
      '+1 (555) 555-0123',
      'call +1 234 567',
    ],
  },
  {
    type: 'IP_ADDRESS',
    positive: each((of, seed) => {
      const host = publicHost(of);
      const six = `2a02:8108:${of.hex(3)}1:${of.hex(2)}4:${of.hex(3)}b:${of.hex(2)}2:${of.hex(2)}7:1`;
      return [
        `from ${host}`,
        `http://${host}:80/`,
        `"ip":"${host}"`,
        `[${six}]`,
        `client ${six}`,
        `2a01:4f8:${of.hex(2)}9::2`,
      ][seed % 6] as string;
    }),
    negative: [
      ...each(
        ({ below, digits }, seed) =>
          [
            `version 4.${below(20)}.${below(20)}.${below(20)}`,
            `10.${below(99)}.0.1`,
            `192.168.${below(99)}.7`,
            `1.2.3`,
            `256.${below(99)}.1.1`,
            `${below(9)}.2.3.4.5`,
            `12:${below(50) + 10}:56`,
            `std::${['map', 'vec', 'beef'][seed % 3]}::a`,
            `v1.2.3.4`,
            `2001:db8::${below(9)}`,
            `Chrome/120.0.${digits(4)}.71`,
          ][seed % 11] as string,
      ),
      '::',
      '::1',
      'fe80::1',
      'dead::beef',
    ],
  },
  {
    type: 'MAC_ADDRESS',
    positive: each(({ hex }, seed) =>
      [...Array(5)].reduce<string>(
        (all) => `${all}${seed % 2 ? ':' : '-'}${hex(1)}${'3579bd'[seed % 6]}`,
        seed % 3 ? '3c' : '9A',
      ),
    ),
    negative: [
      ...each(({ hex }, seed) =>
        [...Array(seed % 2 ? 19 : 4)].reduce<string>((all) => `${all}:${hex(2)}`, 'a1'),
      ),
      '00:00:00:00:00:00',
      'ff:ff:ff:ff:ff:ff',
      '12:30:45',
    ],
  },
  {
    type: 'US_SSN',
    positive: each(({ below }, seed) => {
      const number = `${100 + below(500)}-${10 + below(80)}-${1000 + below(8000)}`;
      return [
        `SSN: ${number}`,
        `"ssn": "${number}"`,
        `social security number ${number}`,
        `SSN ${number.replaceAll('-', '')}`,
        `name,ssn\nJo,${number}`,
        `<ssn>${number}</ssn>`,
      ][seed % 6] as string;
    }),
    negative: [
      ...each(({ below }, seed) => {
        const number = `${100 + below(500)}-${10 + below(80)}-${1000 + below(8000)}`;
        return [
          number,
          `part ${number}`,
          `ssn 000-${number.slice(4)}`,
          `ssn 9${number.slice(1)}`,
          `${number}-1`,
          `ssn 1${number}`,
          `id,ssn\n${number},x`,
        ][seed % 7] as string;
      }),
      'ssn 123-45-6789',
      'ssn 078-05-1120',
    ],
  },
  {
    type: 'DATE_OF_BIRTH',
    positive: each(({ below }, seed) => {
      const [day, month, year] = [below(28) + 1, below(12) + 1, 1940 + below(70)];
      const two = (number: number) => String(number).padStart(2, '0');
      return [
        `born ${day}.${month}.${year}`,
        `DOB: ${two(month)}/${two(day)}/${year}`,
        `Geburtsdatum: ${two(day)}.${two(month)}.${year}`,
        `date of birth ${year}-${two(month)}-${two(day)}`,
        `né le ${day} mars ${year}`,
        `geb. am ${day}. März ${year}`,
        `fecha de nacimiento: ${day} de mayo de ${year}`,
        `"birth_date": "${year}-${two(month)}-${two(day)}"`,
        `name;birthday\nJo;${two(day)}.${two(month)}.${year}`,
        `born on March ${day}, ${year}`,
      ][seed % 10] as string;
    }),
    negative: each(({ below }, seed) => {
      const date = `${1990 + below(30)}-0${below(9) + 1}-1${below(9)}`;
      return [
        date,
        `released ${date}`,
        `updated: ${date}`,
        `stubborn ${date}`,
        `born in a small town, ${date}`,
        `due 1.${below(9) + 1}.2024`,
        `birth of a star`,
      ][seed % 7] as string;
    }),
  },
  {
    type: 'URL_CREDENTIALS',
    positive: each(
      ({ pick, hex }, seed) =>
        `${pick(['https', 'postgres', 'amqp', 'ftp'])}://${pick(FIRST)}:${hex(6)}Zq${hex(3)}@${pick(['db.fastpost.de', '93.184.216.34', 'queue'])}${seed % 2 ? ':5432/x' : ''}`,
    ),
    negative: each(
      ({ pick, digits }, seed) =>
        [
          `https://${pick(DOMAINS)}:8080/@x`,
          `https://user:password@host`,
          `https://$\{USER}:$\{PASS}@db`,
          `http://jo:jo@db`,
          `https://a/b:c@d`,
          `postgres://u:${digits(4)}@h`,
          `https://x:y1Zq93fd@example.com`,
        ][seed % 7] as string,
    ),
  },
  {
    type: 'LOCATION_GPS',
    positive: each(({ below, digits }) => `GPS ${below(89)}.${digits(4)}, -${below(179)}.${digits(5)}`),
    negative: each(
      ({ below, digits }, seed) =>
        [
          `${below(89)}.${digits(4)}, ${below(99)}.${digits(4)}`,
          `GPS 9${below(9)}1.5, 10.2`,
          `GPS 0.0, 0.0`,
          `GPS receiver ${digits(3)}`,
        ][seed % 4] as string,
    ),
  },
  {
    type: 'PERSON',
    positive: each(({ pick }, seed) => {
      const [first, last] = [pick(FIRST), pick(LAST)].map(
        (name) => name[0]?.toUpperCase() + name.slice(1),
      ) as [string, string];
      return [
        `Patient: ${first} ${last}`,
        `Dear Mr ${last},`,
        `Name: ${first} ${last}`,
        `"first_name": "${first}"`,
        `Sehr geehrte Frau ${last}`,
        `Nachname: ${last}`,
        `Estimada Sra. ${last}`,
        `Prénom : ${first}`,
      ][seed % 8] as string;
    }),
    negative: each(
      ({ pick }, seed) =>
        [
          `"name": "${pick(LAST)}"`,
          `Dear Sir or Madam`,
          `Name: ${pick(LAST)}`,
          `file name: ${pick(LAST)}`,
          `Patient: yes`,
          `Dear all,`,
          `first_name: string`,
          `Full name: required`,
          `John met Berlin`,
        ][seed % 9] as string,
    ),
  },
  {
    type: 'CRYPTO',
    positive: [
      ...each(({ hex }, seed) => {
        const address = seed % 2 ? bitcoinAddress(`a${hex(39)}`) : `0x9b${hex(36)}7c`;
        return [address, `pay to ${address}.`, `"${address}"`][seed % 3] as string;
      }),
      // of the specification of the form, which gives it to everybody
      `bc1${'qw508d6qejxtdg4y5r3zarvary0c5xw7kv8f3t4'}`,
    ],
    negative: each(({ hex, digits }, seed) => {
      const address = bitcoinAddress(`a${hex(39)}`);
      const wrong = `${address.slice(0, -1)}${address.endsWith('x') ? 'y' : 'x'}`;
      return [
        wrong,
        `0x${'0'.repeat(40)}`,
        `0x${hex(39)}`,
        `x${address}`,
        hex(40),
        `0x${hex(64)}`,
        `bc1q${'w508d6qejxtdg4y5r3zarvary0c5xw7kv8f3t5'}`,
        `1${digits(30)}`,
      ][seed % 8] as string;
    }),
  },
  {
    type: 'US_PASSPORT',
    positive: each(({ digits }, seed) => {
      const number = `${seed % 2 ? 'C' : '5'}8${digits(7)}`;
      return [
        `Passport No. ${number}`,
        `passport number: ${number}`,
        `"passport": "${number}"`,
        `passport_no=${number}`,
      ][seed % 4] as string;
    }),
    negative: each(
      ({ digits }, seed) =>
        [
          `C8${digits(7)}`,
          `order no. ${digits(9)}`,
          `passport of ${digits(4)}`,
          `passport 123456789`,
          `passport ${digits(12)}`,
          `passport-strategy@${digits(1)}.0`,
        ][seed % 6] as string,
    ),
  },
  {
    type: 'DE_ID_CARD',
    positive: each(({ digits, pick }, seed) => {
      const number = `${pick(['L', 'T', 'C'])}${digits(2)}X${digits(2)}T${digits(2)}`;
      return [
        `Personalausweis ${number}`,
        `Ausweisnummer: ${number}`,
        `Reisepass-Nr. ${number}`,
        `"ausweis": "${number}"`,
      ][seed % 4] as string;
    }),
    negative: each(({ digits, pick }, seed) => {
      const number = `${pick(['L', 'T', 'C'])}${digits(2)}X${digits(2)}T${digits(2)}`;
      return [
        number,
        `Nr. ${number}`,
        `Ausweis bitte mitbringen`,
        `Ausweis ${number}X1`,
        `ausweispflichtig`,
        `bypass ${digits(9)}`,
      ][seed % 6] as string;
    }),
  },
];
