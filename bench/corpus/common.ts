import type { Chance } from './chance.ts';
import { cardOf, ibanOf } from './numbers.ts';

type Form = { readonly before: string; readonly value: string; readonly after: string };
const form = (value: string, before = '', after = ''): Form => ({ before, value, after });
const inFours = (text: string, gap: string): string =>
  text.length === 15
    ? text.replace(/^(.{4})(.{6})/, `$1${gap}$2${gap}`)
    : text.replace(/.{4}(?=.)/g, `$&${gap}`);
const LOCAL = [
  'anna.schneider',
  'j.moreau',
  'pgarcia87',
  'o-brien',
  'k_walker',
  'li.wei+news',
  'm.haddad',
  'tobias',
];
const HOSTS = [
  'fastpost.de',
  'mail.fastpost.co.uk',
  'correo-rapido.es',
  'postler.fr',
  'barid.com.sa',
  'kanzlei-nord.de',
];

/** The kinds that every country has, in the places where they stand. */
export const COMMON: Readonly<Record<string, (chance: Chance) => Form>> = {
  EMAIL_ADDRESS: (c) => {
    const value = `${c.pick(LOCAL)}${c.below(90)}@${c.pick(HOSTS)}`;
    return c.pick([
      form(value, 'Please write to ', '.'),
      form(value, '"email": "', '",'),
      form(value, 'To: <', '>'),
      form(value, 'E-Mail: '),
      form(value, 'user=', ' action=login'),
      form(value.replace('@', '\u200b@'), 'Kontakt: '),
      form(value.replace('@', '＠'), 'Correo: '),
      form(
        value
          .replace('@', ' [at] ')
          .replaceAll('.', ' [dot] ')
          .replace(/^(.*) \[at\]/, (_, local) => `${local.replaceAll(' [dot] ', '.')} [at]`),
        'mail me: ',
      ),
    ]);
  },
  PHONE_NUMBER: (c) => {
    const rest = (count: number) =>
      `${c.below(8) + 2}${c.digits(count - 1).replace(/0{4}|(\d)\1{3}/g, '2593')}`;
    return c.pick([
      form(`+49 30 ${rest(4)} ${rest(3)}`, 'Tel.: '),
      form(`+44 20 7${c.digits(3)} ${rest(4)}`, 'call me on ', ' after six'),
      form(`+33 6 ${rest(2)} ${rest(2)} ${rest(2)} ${rest(2)}`, 'Portable : '),
      form(`+34 6${c.digits(2)} ${rest(3)} ${rest(3)}`, 'móvil '),
      form(`+966 50 ${rest(3)} ${rest(4)}`, 'هاتف: '),
      form(`+1 (415) ${rest(3)}-${rest(4)}`, 'Reach us at ', '.'),
      form(`(212) ${c.below(3) + 6}${rest(2)}-${rest(4)}`, 'Phone: '),
      form(`030 ${rest(8)}`, 'Telefon: '),
      form(`0171/${rest(7)}`, 'Mobil '),
      form(`01 4${c.below(9)} ${rest(2)} ${rest(2)} ${rest(2)}`, 'Téléphone : '),
      form(`020 7${c.digits(3)} ${rest(4)}`, 'tel. '),
      form(`415-${c.below(3) + 6}${rest(2)}-${rest(4)}`, '"phone": "', '"'),
      form(`+4915${c.digits(1)}${rest(8)}`, 'phone='),
    ]);
  },
  CREDIT_CARD: (c) => {
    const value = cardOf(c);
    return c.pick([
      form(inFours(value, ' '), 'paid with ', ' on Monday'),
      form(inFours(value, '-'), 'Karte '),
      form(value, 'card number: '),
      form(value, '"card_number": "', '"'),
      form(inFours(value, '\u00a0'), 'Tarjeta: '),
    ]);
  },
  IBAN_CODE: (c) => {
    const value = ibanOf(c);
    return c.pick([
      form(value, 'IBAN: '),
      form(inFours(value, ' '), 'Konto ', ' bei der Sparkasse'),
      form(value, '"iban":"', '"'),
      form(inFours(value, ' '), 'virement sur '),
    ]);
  },
  IP_ADDRESS: (c) =>
    c.pick([
      form(
        `${c.pick([23, 45, 81, 93, 151, 185])}.${c.below(200) + 20}.${c.below(250) + 1}.${c.below(200) + 20}`,
        'Failed login from ',
        ' port 22',
      ),
      form(
        `2a02:8108:${c.hex(3)}1:${c.hex(2)}4:${c.hex(3)}b:${c.hex(2)}2:${c.hex(2)}7:1`,
        'client ',
        ' connected',
      ),
      form(
        `${c.pick([62, 78, 84, 91])}.${c.below(200) + 20}.${c.below(250) + 1}.${c.below(200) + 20}`,
        '"remote_addr": "',
        '"',
      ),
    ]),
  MAC_ADDRESS: (c) => {
    const sign = c.pick([':', '-']);
    return form(
      ['3c', ...Array.from({ length: 5 }, () => `${c.hex(1)}${c.pick(['1', '5', '9', 'd'])}`)].join(sign),
      c.pick(['hwaddr ', 'MAC: ', 'device ']),
    );
  },
  DATE_OF_BIRTH: (c) => {
    const [day, month, year] = [
      String(c.below(28) + 1).padStart(2, '0'),
      String(c.below(12) + 1).padStart(2, '0'),
      1935 + c.below(75),
    ];
    return c.pick([
      form(`${day}/${month}/${year}`, 'Date of birth: '),
      form(`${year}-${month}-${day}`, '"dateOfBirth": "', '"'),
      form(`${day}.${month}.${year}`, 'geboren am ', ' in ⟦LOCATION|Kassel⟧'),
      form(`${day}.${month}.${year}`, 'Geburtsdatum: '),
      form(`${day}/${month}/${year}`, 'né le ', ' à ⟦LOCATION|Lyon⟧'),
      form(`${day} mars ${year}`, 'née le '),
      form(`${day} de mayo de ${year}`, 'nacida el '),
      form(`${day}/${month}/${year}`, 'Fecha de nacimiento: '),
      form(`${day}/${month}/${year}`, 'تاريخ الميلاد: '),
      form(`March ${Number(day)}, ${year}`, 'born on '),
      form(`${month}/${day}/${year}`, 'DOB '),
    ]);
  },
  URL_CREDENTIALS: (c) => {
    const value = `${c.pick(['svc', 'deploy', 'jo'])}:${c.letters(4)}${c.hex(6)}Zq`;
    return c.pick([
      form(value, 'DATABASE_URL=postgres://', '@db.fastpost.de:5432/app'),
      form(value, 'git clone https://', '@git.fastpost.de/x.git'),
      form(value, 'amqp://', '@queue.fastpost.de/'),
    ]);
  },
  CRYPTO: (c) => form(`0x${c.hex(38)}a7`, c.pick(['send ETH to ', 'wallet: ', 'Donations (ethereum): '])),
  SECRET: (c) => {
    const alphabet = 'ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz23456789';
    const many = (count: number) => c.letters(count, alphabet);
    return c.pick([
      form(`ghp_${many(36)}`, 'token: '),
      form(`AKIA${c.letters(16, 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567')}`, 'aws key '),
      form(`glpat-${many(20)}`, 'export GITLAB='),
      form(`xoxb-${c.digits(11)}-${c.digits(12)}-${many(24)}`, 'slack '),
      form(`npm_${many(36)}`, '//registry/:_authToken='),
      form(`sk_live_${many(24)}`, 'stripe key '),
      form(`sk-ant-api03-${many(93)}AA`, 'key '),
      form(`${many(5)}7!${many(4)}x`, 'Das Passwort lautet '),
      form(`${many(6)}9#${many(3)}`, 'password: '),
      form(`SG.${many(22)}.${many(43)}`, 'sendgrid '),
      form(`hf_${many(34)}`, 'with '),
      form(`AIza${many(35)}`, 'maps key='),
    ]);
  },
};
