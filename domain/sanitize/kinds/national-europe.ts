import { checkedBy, type Identifier, onlyDigits, weighted } from './identifier.ts';

const NINE_TO_ONE = [10, 9, 8, 7, 6, 5, 4, 3, 2];

/** Ten digits, the last of which is what is missing to a multiple of eleven. */
function isHealthNumber(value: string): boolean {
  const digits = onlyDigits(value);
  return (11 - (weighted(digits, NINE_TO_ONE) % 11)) % 11 === Number(digits[9]);
}

const isEsDni = checkedBy('es/dni');
const isFiHetu = checkedBy('fi/hetu');
const isFrNir = checkedBy('fr/nir');
const isItIva = checkedBy('it/iva');
const isSePersonnummer = checkedBy('se/personnummer');
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
    isValid: checkedBy('de/idnr', /[ /.]/g),
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
    isValid: checkedBy('de/svnr'),
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
    isValid: checkedBy('at/vnr', /[ -]/g),
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
    isValid: checkedBy('ch/ssn', /[ .]/g),
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
    isValid: (value) => isFrNir(value.replace(/ /g, '')),
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
    isValid: checkedBy('fr/nif'),
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
    isValid: (value) => isEsDni(value.replace(/[ .-]/g, '').toUpperCase().padStart(9, '0')),
    alone: ['\\d{8}-?[A-HJ-NP-TV-Z]', 0.6],
  },
  {
    type: 'ES_NIE',
    shape: '[XYZxyz][ -]?\\d{7}[ -]?[A-Za-z]|[XYZ][ -]?\\d\\.\\d{3}\\.\\d{3}-?[A-Z]',
    labels: ['nie', 'n i e', 'número de identidad de extranjero', 'identidad de extranjero', 'extranjero'],
    isValid: checkedBy('es/nie', /[ .-]/g),
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
    isValid: checkedBy('it/codicefiscale'),
    alone: ['[A-Z]{6}\\d{2}[A-EHLMPRST]\\d{2}[A-Z]\\d{3}[A-Z]', 0.9],
  },
  {
    type: 'IT_VAT_CODE',
    shape: '(?:IT ?)?\\d{11}',
    labels: ['partita iva', 'p iva', 'piva', 'iva', 'vat number', 'vat code', 'vat'],
    isValid: (value) => isItIva(onlyDigits(value)),
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
    isValid: checkedBy('nl/bsn', /[ .]/g),
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
    isValid: checkedBy('be/nn', /[. -]/g),
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
    isValid: (value) => isSePersonnummer(value.replace(/(?<=\d)(?=\d{4}$)/, '-')),
  },
  {
    type: 'DK_CPR',
    shape: '[0-3]\\d[01]\\d{3}[- ]?\\d{4}',
    labels: ['cpr', 'cpr nummer', 'cpr nr', 'cpr number', 'personnummer', 'danish personal number'],
    isValid: checkedBy('dk/cpr', /[ -]/g),
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
    isValid: checkedBy('no/fodselsnummer', /[ -]/g),
  },
  {
    type: 'FI_PERSONAL_IDENTITY_CODE',
    shape: '\\d{6}[-+A-FYXWVUa-f]\\d{3}[0-9A-FHJ-NPR-Ya-fhj-npr-y]',
    labels: ['henkilötunnus', 'hetu', 'personbeteckning', 'personal identity code'],
    isValid: (value) => isFiHetu(value.toUpperCase()),
    alone: ['[0-3]\\d[01]\\d{3}[-+A]\\d{3}[0-9A-FHJ-NPR-Y]', 0.8],
  },
  {
    type: 'PL_PESEL',
    shape: '\\d{11}',
    labels: ['pesel', 'numer pesel', 'nr pesel'],
    isValid: checkedBy('pl/pesel'),
  },
  {
    type: 'CZ_BIRTH_NUMBER',
    shape: '\\d{6}/?\\d{3,4}',
    labels: ['rodné číslo', 'rodne cislo', 'rodné čislo', 'r č', 'rc', 'birth number'],
    isValid: checkedBy('cz/rc', /[ /]/g),
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
    isValid: checkedBy('pt/nif'),
  },
  {
    type: 'IE_PPS',
    shape: '\\d{7} ?[A-Wa-w][A-IWa-iw]?',
    labels: ['pps', 'ppsn', 'pps number', 'pps no', 'personal public service'],
    isValid: checkedBy('ie/pps'),
  },
  {
    type: 'GR_AMKA',
    shape: '[0-3]\\d[01]\\d{8}',
    labels: ['amka', 'αμκα'],
    isValid: checkedBy('gr/amka'),
  },
  {
    type: 'RO_CNP',
    shape: '[1-8]\\d{12}',
    labels: ['cnp', 'cod numeric personal'],
    isValid: checkedBy('ro/cnp'),
  },
  {
    type: 'BG_EGN',
    shape: '\\d{10}',
    labels: ['egn', 'егн', 'единен граждански номер'],
    isValid: checkedBy('bg/egn'),
  },
  {
    type: 'HR_OIB',
    shape: '\\d{11}',
    labels: ['oib', 'osobni identifikacijski broj'],
    isValid: checkedBy('hr/oib'),
  },
  {
    type: 'EE_ISIKUKOOD',
    shape: '[1-8]\\d{10}',
    labels: ['isikukood', 'estonian personal code'],
    isValid: checkedBy('ee/ik'),
  },
  {
    type: 'LT_ASMENS_KODAS',
    shape: '[1-8]\\d{10}',
    labels: ['asmens kodas', 'lithuanian personal code'],
    isValid: checkedBy('lt/asmens'),
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
