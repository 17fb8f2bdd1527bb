import { checkedBy, type Identifier, onlyDigits, weighted } from './identifier.ts';

export const WORLDWIDE: readonly Identifier[] = [
  {
    type: 'US_ITIN',
    shape: '9\\d{2}[- ]?(?:5\\d|6[0-5]|7\\d|8[0-8]|9[0-24-9])[- ]?\\d{4}',
    labels: [
      'itin',
      'individual taxpayer',
      'individual taxpayer identification number',
      'taxpayer id',
      'taxpayer identification number',
      'tax id',
      'tin',
      'tax payer',
    ],
    alone: ['9\\d{2}-(?:7\\d|8[0-8]|9[0-24-9])-\\d{4}', 0.5],
    labelled: 0.85,
  },
  {
    type: 'US_EIN',
    shape: '\\d{2}-\\d{7}',
    labels: ['ein', 'employer identification number', 'federal tax id', 'fein', 'tax id'],
    labelled: 0.75,
  },
  {
    type: 'US_BANK_NUMBER',
    shape: '\\d{8,17}',
    labels: [
      'bank account',
      'bank account number',
      'account number',
      'account no',
      'checking account',
      'savings account',
      'acct no',
      'acct number',
      'bank acct',
    ],
    labelled: 0.65,
  },
  {
    type: 'US_BANK_ROUTING',
    shape: '\\d{9}',
    labels: ['routing number', 'routing no', 'aba', 'aba number', 'routing transit number', 'aba routing'],
    isValid: isRouting,
  },
  {
    type: 'CA_SIN',
    shape: '\\d{3}[- ]?\\d{3}[- ]?\\d{3}',
    labels: [
      'sin',
      'social insurance number',
      'social insurance',
      'numéro d assurance sociale',
      'assurance sociale',
      'nas',
    ],
    isValid: checkedBy('ca/sin', /[ -]/g),
  },
  {
    type: 'MX_CURP',
    shape: '[A-Za-z][AEIOUXaeioux][A-Za-z]{2}\\d{6}[HMXhmx][A-Za-z]{5}[A-Za-z\\d]\\d',
    labels: ['curp', 'clave única de registro de población'],
    isValid: checkedBy('mx/curp'),
    alone: ['[A-Z][AEIOUX][A-Z]{2}\\d{6}[HMX][A-Z]{5}[A-Z\\d]\\d', 0.9],
  },
  {
    type: 'MX_RFC',
    shape: '[A-ZÑ&]{4} ?-?\\d{6} ?-?[A-Z\\d]{3}',
    labels: ['rfc', 'r f c', 'registro federal de contribuyentes'],
    isValid: checkedBy('mx/rfc', /[ -]/g),
    alone: ['[A-Z]{4}\\d{2}(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\\d|3[01])[A-Z\\d]{2}[\\dA]', 0.55],
  },
  {
    type: 'BR_CPF',
    shape: '\\d{3}\\.?\\d{3}\\.?\\d{3}-?\\d{2}',
    labels: ['cpf', 'c p f', 'cadastro de pessoas físicas'],
    isValid: checkedBy('br/cpf', /[.-]/g),
    alone: ['\\d{3}\\.\\d{3}\\.\\d{3}-\\d{2}', 0.85],
  },
  {
    type: 'BR_CNPJ',
    shape: '\\d{2}\\.?\\d{3}\\.?\\d{3}/?\\d{4}-?\\d{2}',
    labels: ['cnpj', 'cadastro nacional da pessoa jurídica'],
    isValid: checkedBy('br/cnpj', /[./-]/g),
    alone: ['\\d{2}\\.\\d{3}\\.\\d{3}/\\d{4}-\\d{2}', 0.85],
  },
  {
    type: 'AR_CUIT',
    shape: '(?:2[03-7]|3[034])[- ]?\\d{8}[- ]?\\d',
    labels: ['cuit', 'cuil', 'c u i t', 'c u i l'],
    isValid: checkedBy('ar/cuit', /[ -]/g),
    alone: ['(?:2[03-7]|3[034])-\\d{8}-\\d', 0.8],
  },
  {
    type: 'AR_DNI',
    shape: '\\d{1,2}\\.\\d{3}\\.\\d{3}|\\d{7,8}',
    labels: ['dni', 'd n i', 'documento nacional de identidad'],
    labelled: 0.7,
  },
  {
    type: 'CL_RUT',
    shape: '\\d{1,2}\\.?\\d{3}\\.?\\d{3}-?[\\dkK]',
    labels: ['rut', 'rol único tributario', 'r u t'],
    isValid: checkedBy('cl/rut', /[.-]/g),
    alone: ['\\d{1,2}\\.\\d{3}\\.\\d{3}-[\\dkK]', 0.8],
  },
  {
    type: 'IN_AADHAAR',
    shape: '[2-9]\\d{3}[ -]?\\d{4}[ -]?\\d{4}',
    labels: ['aadhaar', 'aadhar', 'uidai', 'adhaar', 'uid'],
    isValid: checkedBy('in/aadhaar', /[ -]/g),
    alone: ['[2-9]\\d{3} \\d{4} \\d{4}', 0.5],
  },
  {
    type: 'IN_PAN',
    shape: '[A-Za-z]{3}[ABCFGHJLPTabcfghjlpt][A-Za-z]\\d{4}[A-Za-z]',
    labels: ['pan', 'permanent account number', 'pan card', 'pan number', 'pan no', 'income tax'],
    alone: ['[A-Z]{3}[ABCFGHJLPT][A-Z]\\d{4}[A-Z]', 0.5],
    labelled: 0.9,
  },
  {
    type: 'IN_VEHICLE_REGISTRATION',
    shape: '[A-Z]{2}[ -]?\\d{1,2}[ -]?[A-Z]{1,3}[ -]?\\d{4}',
    labels: [
      'vehicle registration',
      'vehicle number',
      'vehicle no',
      'registration number',
      'registration no',
      'number plate',
      'licence plate',
      'license plate',
      'rto',
      'vehicle',
    ],
    isValid: (value) => INDIAN_STATES.has(value.slice(0, 2)),
    labelled: 0.8,
  },
  {
    type: 'IN_VOTER',
    shape: '[A-Z]{3}\\d{7}',
    labels: ['voter id', 'voter', 'epic', 'epic no', 'elector', 'electoral'],
    labelled: 0.8,
  },
  {
    type: 'IN_GSTIN',
    shape: '[0-3]\\d[A-Z]{5}\\d{4}[A-Z][1-9A-Z]Z[A-Z\\d]',
    labels: ['gstin', 'gst', 'gst number', 'gst no'],
    isValid: checkedBy('in/gstin'),
    alone: ['[0-3]\\d[A-Z]{5}\\d{4}[A-Z][1-9A-Z]Z[A-Z\\d]', 0.8],
  },
  {
    type: 'SG_NRIC_FIN',
    shape: '[STFGMstfgm]\\d{7}[A-Za-z]',
    labels: ['nric', 'fin', 'nric fin', 'fin no', 'identity card', 'ic no'],
    isValid: isSingaporean,
    alone: ['[STFGM]\\d{7}[A-Z]', 0.75],
  },
  {
    type: 'SG_UEN',
    shape: '\\d{8,9}[A-Z]|[TSR]\\d{2}[A-Z]{2}\\d{4}[A-Z]',
    labels: ['uen', 'unique entity number'],
    isValid: checkedBy('sg/uen'),
  },
  {
    type: 'CN_RESIDENT_ID',
    shape: '[1-9]\\d{16}[\\dXx]',
    labels: [
      '身份证',
      '身份证号',
      '身份证号码',
      'resident identity',
      'resident id',
      'chinese id',
      'chinese resident identity',
      'id card',
    ],
    isValid: checkedBy('cn/ric'),
    alone: ['[1-9]\\d{5}(?:19|20)\\d{2}(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\\d|3[01])\\d{3}[\\dX]', 0.75],
  },
  {
    type: 'JP_MY_NUMBER',
    shape: '\\d{4}[ -]?\\d{4}[ -]?\\d{4}',
    labels: [
      'my number',
      'mynumber',
      'マイナンバー',
      '個人番号',
      'japanese individual number',
      'kojin bango',
      'individual number',
    ],
    isValid: isMyNumber,
  },
  {
    type: 'KR_RRN',
    shape: '\\d{6}-?[1-8]\\d{6}',
    labels: ['주민등록번호', '주민번호', 'rrn', 'resident registration number', 'korean resident'],
    isValid: isKorean,
    alone: ['\\d{2}(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\\d|3[01])-[1-8]\\d{6}', 0.65],
  },
  {
    type: 'TW_NATIONAL_ID',
    shape: '[A-Za-z][1289]\\d{8}',
    labels: ['身分證', '身分證字號', 'taiwan id', 'taiwanese national id', 'national id'],
    isValid: checkedBy('tw/natid'),
    alone: ['[A-Z][12]\\d{8}', 0.5],
  },
  {
    type: 'TH_TNIN',
    shape: '[1-8][ -]?\\d{4}[ -]?\\d{5}[ -]?\\d{2}[ -]?\\d',
    labels: ['thai national id', 'thai id', 'tnin', 'เลขประจำตัวประชาชน', 'บัตรประชาชน'],
    isValid: checkedBy('th/idnr', /[ -]/g),
    alone: ['[1-8]-\\d{4}-\\d{5}-\\d{2}-\\d', 0.85],
  },
  {
    type: 'TR_NATIONAL_ID',
    shape: '[1-9]\\d{10}',
    labels: [
      'tckn',
      'tc kimlik',
      'tc kimlik no',
      't c kimlik no',
      't c kimlik',
      'kimlik no',
      'kimlik numarası',
      'vatandaşlık numarası',
      'turkish id',
      'turkish national id',
    ],
    isValid: checkedBy('tr/tckimlik'),
  },
  {
    type: 'IL_NATIONAL_ID',
    shape: '\\d{8,9}|\\d{8}-\\d',
    labels: ['teudat zehut', 'תעודת זהות', 'ת ז', 'mispar zehut', 'israeli id', 'israeli identity'],
    isValid: checkedBy('il/idnr', /-/g),
  },
  {
    type: 'ZA_ID',
    shape: '\\d{6} ?\\d{4} ?[01]\\d ?\\d',
    labels: [
      'south african id',
      'sa id',
      'rsa id',
      'id number',
      'identity number',
      'said',
      'id no',
      'south africa',
    ],
    isValid: checkedBy('za/idnr'),
  },
  {
    type: 'AU_ABN',
    shape: '[1-9]\\d ?\\d{3} ?\\d{3} ?\\d{3}',
    labels: ['abn', 'australian business number', 'business number'],
    isValid: checkedBy('au/abn'),
    alone: ['[1-9]\\d \\d{3} \\d{3} \\d{3}', 0.55],
  },
  {
    type: 'AU_ACN',
    shape: '\\d{3} ?\\d{3} ?\\d{3}',
    labels: ['acn', 'australian company number', 'company number'],
    isValid: checkedBy('au/acn'),
  },
  {
    type: 'AU_TFN',
    shape: '\\d{3}[ -]?\\d{3}[ -]?\\d{2,3}',
    labels: ['tfn', 'tax file number', 'tax file no', 'australian tax file'],
    isValid: checkedBy('au/tfn', /[ -]/g),
  },
  {
    type: 'AU_MEDICARE',
    shape: '[2-6]\\d{3}[ -]?\\d{5}[ -]?\\d(?:[ /-]?\\d)?',
    labels: ['medicare', 'medicare number', 'medicare no', 'medicare card'],
    isValid: isMedicare,
  },
  {
    type: 'SA_NATIONAL_ID',
    shape: '[12]\\d{9}',
    labels: [
      'هوية',
      'الهوية',
      'رقم الهوية',
      'الإقامة',
      'رقم الإقامة',
      'iqama',
      'iqama number',
      'saudi id',
      'saudi national id',
      'national id',
    ],
    isValid: isLuhn,
  },
  {
    type: 'EG_NATIONAL_ID',
    shape: '[23]\\d{2}[01]\\d[0-3]\\d{8}',
    labels: ['الرقم القومي', 'رقم قومي', 'egyptian national id', 'egyptian id', 'national id', 'البطاقة'],
    isValid: isEgyptian,
  },
  {
    type: 'AE_EMIRATES_ID',
    shape: '784[- ]?\\d{4}[- ]?\\d{7}[- ]?\\d',
    labels: ['emirates id', 'الهوية الإماراتية', 'بطاقة الهوية', 'هوية'],
    isValid: isLuhn,
    alone: ['784-\\d{4}-\\d{7}-\\d', 0.8],
  },
  {
    type: 'NG_NIN',
    shape: '\\d{11}',
    labels: ['nin', 'national identification number', 'nigerian nin'],
    labelled: 0.7,
  },
];

const INDIAN_STATES = new Set(
  'AN AP AR AS BR CG CH DD DL DN GA GJ HP HR JH JK KA KL LA LD MH ML MN MP MZ NL OD OR PB PY RJ SK TN TR TS UK UP WB'.split(
    ' ',
  ),
);

function isRouting(value: string): boolean {
  return weighted(value, [3, 7, 1, 3, 7, 1, 3, 7, 1]) % 10 === 0 && !/^0{3}/.test(value);
}

/** The letter is told by the weighted sum of the digits; each series has an alphabet of its own. */
function isSingaporean(value: string): boolean {
  const [first = '', letter = ''] = [value[0]?.toUpperCase(), value.at(-1)?.toUpperCase()];
  const sum = weighted(value.slice(1, 8), [2, 7, 6, 5, 4, 3, 2]);
  if (first === 'S' || first === 'T') return 'JZIHGFEDCBA'[(sum + (first === 'T' ? 4 : 0)) % 11] === letter;
  if (first === 'M') return 'KLJNPQRTUWX'[10 - ((sum + 3) % 11)] === letter;
  return 'XWUTRQPNMLK'[(sum + (first === 'G' ? 4 : 0)) % 11] === letter;
}

function isMyNumber(value: string): boolean {
  const digits = onlyDigits(value);
  const rest = weighted(digits, [6, 5, 4, 3, 2, 7, 6, 5, 4, 3, 2]) % 11;
  return (rest <= 1 ? 0 : 11 - rest) === Number(digits[11]) && !/^(\d)\1+$/.test(digits);
}

/** Those that were given out since the end of 2020 have no check digit, so only the date counts. */
function isKorean(value: string): boolean {
  const [month, day] = [Number(value.slice(2, 4)), Number(value.slice(4, 6))];
  return month >= 1 && month <= 12 && day >= 1 && day <= 31;
}

function isMedicare(value: string): boolean {
  const digits = onlyDigits(value);
  return weighted(digits, [1, 3, 7, 9, 1, 3, 7, 9]) % 10 === Number(digits[8]);
}

function isLuhn(value: string): boolean {
  const digits = onlyDigits(value);
  let sum = 0;
  for (let at = 0; at < digits.length; at += 1) {
    const digit = Number(digits[digits.length - 1 - at]) * (at % 2 === 0 ? 1 : 2);
    sum += digit > 9 ? digit - 9 : digit;
  }
  return sum % 10 === 0;
}

/** The century, the day of birth and one of the governorates. */
function isEgyptian(value: string): boolean {
  const [month, day, place] = [3, 5, 7].map((at) => Number(value.slice(at, at + 2))) as [
    number,
    number,
    number,
  ];
  return month >= 1 && month <= 12 && day >= 1 && day <= 31 && ((place >= 1 && place <= 35) || place === 88);
}
