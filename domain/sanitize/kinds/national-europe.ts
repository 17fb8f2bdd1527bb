import { validate as atVnr } from 'stdnum/lib/cjs/at/vnr.js';
import { validate as beNn } from 'stdnum/lib/cjs/be/nn.js';
import { validate as bgEgn } from 'stdnum/lib/cjs/bg/egn.js';
import { validate as chSsn } from 'stdnum/lib/cjs/ch/ssn.js';
import { validate as czRc } from 'stdnum/lib/cjs/cz/rc.js';
import { validate as deIdnr } from 'stdnum/lib/cjs/de/idnr.js';
import { validate as deSvnr } from 'stdnum/lib/cjs/de/svnr.js';
import { validate as dkCpr } from 'stdnum/lib/cjs/dk/cpr.js';
import { validate as eeIk } from 'stdnum/lib/cjs/ee/ik.js';
import { validate as esDni } from 'stdnum/lib/cjs/es/dni.js';
import { validate as esNie } from 'stdnum/lib/cjs/es/nie.js';
import { validate as fiHetu } from 'stdnum/lib/cjs/fi/hetu.js';
import { validate as frNif } from 'stdnum/lib/cjs/fr/nif.js';
import { validate as frNir } from 'stdnum/lib/cjs/fr/nir.js';
import { validate as grAmka } from 'stdnum/lib/cjs/gr/amka.js';
import { validate as hrOib } from 'stdnum/lib/cjs/hr/oib.js';
import { validate as iePps } from 'stdnum/lib/cjs/ie/pps.js';
import { validate as itCodice } from 'stdnum/lib/cjs/it/codicefiscale.js';
import { validate as itIva } from 'stdnum/lib/cjs/it/iva.js';
import { validate as ltAsmens } from 'stdnum/lib/cjs/lt/asmens.js';
import { validate as nlBsn } from 'stdnum/lib/cjs/nl/bsn.js';
import { validate as noFodsel } from 'stdnum/lib/cjs/no/fodselsnummer.js';
import { validate as plPesel } from 'stdnum/lib/cjs/pl/pesel.js';
import { validate as ptNif } from 'stdnum/lib/cjs/pt/nif.js';
import { validate as roCnp } from 'stdnum/lib/cjs/ro/cnp.js';
import { validate as sePersonnummer } from 'stdnum/lib/cjs/se/personnummer.js';
import { checkedBy, type Identifier, onlyDigits, weighted } from './identifier.ts';

const NINE_TO_ONE = [10, 9, 8, 7, 6, 5, 4, 3, 2];

/** Ten digits, the last of which is what is missing to a multiple of eleven. */
function isHealthNumber(value: string): boolean {
  const digits = onlyDigits(value);
  return (11 - (weighted(digits, NINE_TO_ONE) % 11)) % 11 === Number(digits[9]);
}

export const EUROPEAN: readonly Identifier[] = [
  {
    type: 'DE_TAX_ID',
    shape: '[1-9]\\d[ /.]?\\d{3}[ /.]?\\d{3}[ /.]?\\d{3}',
    labels: [
      'steuer id',
      'steuerid',
      'steuer identifikationsnummer',
      'steueridentifikationsnummer',
      'steuerliche identifikationsnummer',
      'idnr',
      'id nr',
      'identifikationsnummer',
      'steuer idnr',
      'german tax id',
      'german tax number',
      'tax id',
      'tin',
    ],
    isValid: checkedBy(deIdnr, /[ /.]/g),
  },
  {
    type: 'DE_TAX_NUMBER',
    shape: '\\d{2,3}[ /]\\d{3,4}[ /]\\d{4,5}',
    labels: ['steuernummer', 'steuer nr', 'steuernr', 'st nr', 'stnr'],
  },
  {
    type: 'DE_SOCIAL_SECURITY',
    shape: '\\d{2} ?\\d{6} ?[A-Z] ?\\d{3}',
    labels: [
      'sozialversicherungsnummer',
      'rentenversicherungsnummer',
      'versicherungsnummer',
      'sv nummer',
      'rv nummer',
      'svnr',
      'rvnr',
      'sv nr',
      'rentenversicherung',
    ],
    isValid: checkedBy(deSvnr),
    alone: ['\\d{2} ?(?:0[1-9]|[12]\\d|3[01])(?:0[1-9]|1[0-2])\\d{2} ?[A-Z] ?\\d{3}', 0.6],
  },
  {
    type: 'DE_HEALTH_INSURANCE',
    shape: '[A-Z]\\d{9}',
    labels: [
      'krankenversichertennummer',
      'krankenversicherungsnummer',
      'versichertennummer',
      'versicherten nr',
      'kvnr',
      'egk',
      'krankenkasse',
    ],
    isValid: isGermanInsured,
  },
  {
    type: 'AT_SOCIAL_SECURITY',
    shape: '[1-9]\\d{3}[ -]?\\d{6}',
    labels: ['sozialversicherungsnummer', 'versicherungsnummer', 'sv nummer', 'svnr', 'sv nr', 'vsnr'],
    isValid: checkedBy(atVnr, /[ -]/g),
    alone: ['[1-9]\\d{3} (?:0[1-9]|[12]\\d|3[01])(?:0[1-9]|1[0-2])\\d{2}', 0.5],
  },
  {
    type: 'CH_AHV',
    shape: '756[. ]?\\d{4}[. ]?\\d{4}[. ]?\\d{2}',
    labels: [
      'ahv',
      'ahv nr',
      'ahv nummer',
      'ahvn13',
      'avs',
      'numéro avs',
      'no avs',
      'oasi',
      'navs13',
      'sozialversicherungsnummer',
    ],
    isValid: checkedBy(chSsn, /[ .]/g),
    alone: ['756[. ]\\d{4}[. ]\\d{4}[. ]\\d{2}', 0.85],
  },
  {
    type: 'FR_NIR',
    shape: '[1-478] ?\\d{2} ?\\d{2} ?(?:\\d{2}|2[AB]) ?\\d{3} ?\\d{3} ?\\d{2}',
    labels: [
      'nir',
      'sécurité sociale',
      'securite sociale',
      'numéro de sécurité sociale',
      'numéro de sécu',
      'n sécu',
      'numéro sécu',
      'insee',
      'no ss',
      'n ss',
      'carte vitale',
      'immatriculation',
      'assuré social',
      'num secu',
    ],
    isValid: (value) => frNir(value.replace(/ /g, '')).isValid,
    alone: ['[12] \\d{2} (?:0[1-9]|1[0-2]|[2-4]\\d) (?:\\d{2}|2[AB]) \\d{3} \\d{3} \\d{2}', 0.85],
  },
  {
    type: 'FR_TAX_ID',
    shape: '[0-3]\\d ?\\d{2} ?\\d{3} ?\\d{3} ?\\d{3}',
    labels: [
      'numéro fiscal',
      'no fiscal',
      'n fiscal',
      'spi',
      'référence fiscale',
      'identifiant fiscal',
      'numéro spi',
    ],
    isValid: checkedBy(frNif),
  },
  {
    type: 'FR_ID_CARD',
    shape: '\\d{12}|[A-Z0-9]{2}\\d[A-Z0-9]{6}',
    labels: ['carte nationale d identité', 'carte d identité', 'cni', 'numéro de cni'],
  },
  {
    type: 'ES_NIF',
    shape: '\\d{1,2}\\.\\d{3}\\.\\d{3}-?[A-Za-z]|\\d{8}[ -]?[A-Za-z]',
    labels: [
      'dni',
      'nif',
      'd n i',
      'n i f',
      'documento nacional de identidad',
      'documento de identidad',
      'número de identificación fiscal',
      'identificación fiscal',
    ],
    isValid: (value) => esDni(value.replace(/[ .-]/g, '').toUpperCase().padStart(9, '0')).isValid,
    alone: ['\\d{8}-?[A-HJ-NP-TV-Z]', 0.6],
  },
  {
    type: 'ES_NIE',
    shape: '[XYZxyz][ -]?\\d{7}[ -]?[A-Za-z]|[XYZ][ -]?\\d\\.\\d{3}\\.\\d{3}-?[A-Z]',
    labels: ['nie', 'n i e', 'número de identidad de extranjero', 'identidad de extranjero', 'extranjero'],
    isValid: checkedBy(esNie, /[ .-]/g),
    alone: ['[XYZ]-?\\d{7}-?[A-HJ-NP-TV-Z]', 0.8],
  },
  {
    type: 'ES_SOCIAL_SECURITY',
    shape: '\\d{2}[ /-]?\\d{7,8}[ /-]?\\d{2}',
    labels: [
      'número de seguridad social',
      'seguridad social',
      'nº seguridad social',
      'naf',
      'nuss',
      'número de afiliación',
      'afiliación',
    ],
    isValid: isSpanishInsured,
  },
  {
    type: 'IT_FISCAL_CODE',
    shape: '[A-Za-z]{6}\\d{2}[A-EHLMPRSTa-ehlmprst]\\d{2}[A-Za-z]\\d{3}[A-Za-z]',
    labels: ['codice fiscale', 'cod fiscale', 'cod fisc', 'c f', 'cf'],
    isValid: checkedBy(itCodice),
    alone: ['[A-Z]{6}\\d{2}[A-EHLMPRST]\\d{2}[A-Z]\\d{3}[A-Z]', 0.9],
  },
  {
    type: 'IT_VAT_CODE',
    shape: '(?:IT ?)?\\d{11}',
    labels: ['partita iva', 'p iva', 'piva', 'iva', 'vat number', 'vat code', 'vat'],
    isValid: (value) => itIva(onlyDigits(value)).isValid,
  },
  {
    type: 'IT_IDENTITY_CARD',
    shape: '[A-Z]{2} ?\\d{7}|\\d{7}[A-Z]{2}|[A-Z]{2}\\d{5}[A-Z]{2}',
    labels: ['carta d identità', 'carta d identita', 'carta di identità', 'carta identità', 'documento n'],
  },
  {
    type: 'UK_NINO',
    shape:
      '(?:QQ|[A-CEGHJ-PR-TW-Za-ceghj-pr-tw-z][A-CEGHJ-NPR-TW-Za-ceghj-npr-tw-z]) ?\\d{2} ?\\d{2} ?\\d{2} ?[A-Da-d]',
    labels: ['national insurance', 'national insurance number', 'ni number', 'ni no', 'nino', 'nin'],
    isValid: (value) => !/^(?:BG|GB|KN|NK|NT|TN|ZZ)/i.test(value),
    alone: [
      '[A-CEGHJ-PR-TW-Z][A-CEGHJ-NPR-TW-Z](?: \\d{2}){3} [A-D]|[A-CEGHJ-PR-TW-Z][A-CEGHJ-NPR-TW-Z]\\d{6}[A-D]',
      0.6,
    ],
  },
  {
    type: 'UK_NHS',
    shape: '\\d{3}[ -]?\\d{3}[ -]?\\d{4}',
    labels: ['nhs', 'nhs number', 'nhs no', 'national health service', 'health service number'],
    isValid: isHealthNumber,
  },
  {
    type: 'NL_BSN',
    shape: '\\d{4}[ .]?\\d{2}[ .]?\\d{3}|\\d{3}\\.\\d{3}\\.\\d{3}',
    labels: [
      'bsn',
      'burgerservicenummer',
      'burger service nummer',
      'sofinummer',
      'sofi nummer',
      'citizen service number',
    ],
    isValid: checkedBy(nlBsn, /[ .]/g),
  },
  {
    type: 'BE_NATIONAL_NUMBER',
    shape: '\\d{2}[. ]?\\d{2}[. ]?\\d{2}[- ]?\\d{3}[. ]?\\d{2}',
    labels: [
      'rijksregisternummer',
      'numéro de registre national',
      'registre national',
      'numéro national',
      'insz',
      'niss',
      'nationaal nummer',
      'belgian national number',
      'national number',
      'rrn',
    ],
    isValid: checkedBy(beNn, /[. -]/g),
    alone: ['\\d{2}\\.(?:0\\d|1[0-2])\\.[0-3]\\d-\\d{3}\\.\\d{2}', 0.85],
  },
  {
    type: 'SE_PERSONNUMMER',
    shape: '(?:19|20)?\\d{6}[-+]\\d{4}|(?:19|20)\\d{10}|\\d{10}',
    labels: [
      'personnummer',
      'personnr',
      'swedish personal number',
      'swedish personal identity number',
      'samordningsnummer',
      'personal identity number',
      'pnr',
    ],
    isValid: (value) => sePersonnummer(value.replace(/(?<=\d)(?=\d{4}$)/, '-')).isValid,
  },
  {
    type: 'DK_CPR',
    shape: '[0-3]\\d[01]\\d{3}[- ]?\\d{4}',
    labels: ['cpr', 'cpr nummer', 'cpr nr', 'cpr number', 'personnummer', 'danish personal number'],
    isValid: checkedBy(dkCpr, /[ -]/g),
  },
  {
    type: 'NO_FODSELSNUMMER',
    shape: '[0-7]\\d[0-5]\\d{3}[ -]?\\d{5}',
    labels: [
      'fødselsnummer',
      'fodselsnummer',
      'personnummer',
      'fødselsnr',
      'fnr',
      'd nummer',
      'norwegian national id',
      'norwegian national identity number',
    ],
    isValid: checkedBy(noFodsel, /[ -]/g),
  },
  {
    type: 'FI_PERSONAL_IDENTITY_CODE',
    shape: '\\d{6}[-+A-FYXWVUa-f]\\d{3}[0-9A-FHJ-NPR-Ya-fhj-npr-y]',
    labels: ['henkilötunnus', 'hetu', 'personbeteckning', 'personal identity code'],
    isValid: (value) => fiHetu(value.toUpperCase()).isValid,
    alone: ['[0-3]\\d[01]\\d{3}[-+A]\\d{3}[0-9A-FHJ-NPR-Y]', 0.8],
  },
  {
    type: 'PL_PESEL',
    shape: '\\d{11}',
    labels: ['pesel', 'numer pesel', 'nr pesel'],
    isValid: checkedBy(plPesel),
  },
  {
    type: 'CZ_BIRTH_NUMBER',
    shape: '\\d{6}/?\\d{3,4}',
    labels: ['rodné číslo', 'rodne cislo', 'rodné čislo', 'r č', 'rc', 'birth number'],
    isValid: checkedBy(czRc, /[ /]/g),
    alone: ['\\d{2}(?:[05][1-9]|[16][0-2]|[27][1-9]|[38][0-2])[0-3]\\d/\\d{4}', 0.6],
  },
  {
    type: 'PT_NIF',
    shape: '[1-3569]\\d{2} ?\\d{3} ?\\d{3}',
    labels: [
      'nif',
      'contribuinte',
      'número de contribuinte',
      'número de identificação fiscal',
      'nº contribuinte',
    ],
    isValid: checkedBy(ptNif),
  },
  {
    type: 'IE_PPS',
    shape: '\\d{7} ?[A-Wa-w][A-IWa-iw]?',
    labels: ['pps', 'ppsn', 'pps number', 'pps no', 'personal public service'],
    isValid: checkedBy(iePps),
  },
  {
    type: 'GR_AMKA',
    shape: '[0-3]\\d[01]\\d{8}',
    labels: ['amka', 'αμκα'],
    isValid: checkedBy(grAmka),
  },
  {
    type: 'RO_CNP',
    shape: '[1-8]\\d{12}',
    labels: ['cnp', 'cod numeric personal'],
    isValid: checkedBy(roCnp),
  },
  {
    type: 'BG_EGN',
    shape: '\\d{10}',
    labels: ['egn', 'егн', 'единен граждански номер'],
    isValid: checkedBy(bgEgn),
  },
  {
    type: 'HR_OIB',
    shape: '\\d{11}',
    labels: ['oib', 'osobni identifikacijski broj'],
    isValid: checkedBy(hrOib),
  },
  {
    type: 'EE_ISIKUKOOD',
    shape: '[1-8]\\d{10}',
    labels: ['isikukood', 'estonian personal code'],
    isValid: checkedBy(eeIk),
  },
  {
    type: 'LT_ASMENS_KODAS',
    shape: '[1-8]\\d{10}',
    labels: ['asmens kodas', 'lithuanian personal code'],
    isValid: checkedBy(ltAsmens),
  },
];

/** A letter counts as its place in the alphabet, in two digits; every second digit counts twice. */
function isGermanInsured(value: string): boolean {
  const number = `${String(value.charCodeAt(0) - 64).padStart(2, '0')}${value.slice(1)}`;
  let sum = 0;
  for (let at = 0; at < 10; at += 1) {
    const product = Number(number[at]) * (at % 2 === 0 ? 1 : 2);
    sum += product > 9 ? product - 9 : product;
  }
  return sum % 10 === Number(number[10]);
}

/** The last two digits are what the others leave of 97. */
function isSpanishInsured(value: string): boolean {
  const digits = onlyDigits(value);
  const [province, number, check] = [digits.slice(0, 2), digits.slice(2, -2), Number(digits.slice(-2))];
  const whole =
    Number(number) < 10_000_000 ? Number(number) + Number(province) * 10_000_000 : Number(province + number);
  return whole % 97 === check;
}
