export type Place = {
  readonly path: string;
  readonly text: string;
  readonly start: number;
  /** Asked of the whole text once, and not again for each number in it. */
  readonly speaksOfCards: boolean;
};

/** What looks like personal data and belongs to nobody, or was published on purpose. */
export function isExpected(type: string, value: string, place: Place): boolean {
  switch (type) {
    case 'EMAIL_ADDRESS':
      return (
        isNobodysAddress(value) || SAYS_WHO_WROTE_IT.test(place.path) || isCredit(place.text, place.start)
      );
    case 'IP_ADDRESS':
      return NO_HOST.test(value) || WELL_KNOWN.has(value) || isVersion(place.text, place.start);
    case 'CREDIT_CARD':
      return !isCard(value.replace(/\D/g, ''), /\D/.test(value) || place.speaksOfCards);
    case 'IBAN_CODE':
      return SHOWN_IN_MANUALS.has(value.replaceAll(' ', ''));
    case 'PHONE_NUMBER':
      return /555.?01\d\d$|(\d)\1{5}|1234567|0{5}/.test(value.replace(/[ ().-]/g, ''));
    default:
      return value === '123-45-6789' || value === '078-05-1120' || value === '219-09-9999';
  }
}

function isNobodysAddress(address: string): boolean {
  const [name = '', domain = ''] = address.toLowerCase().split('@');
  if (/(?:^|\.)(?:example\.(?:com|org|net|edu)|example|test|invalid|localhost|local|internal)$/.test(domain))
    return true;
  // a picture for sharp screens, a package at a version
  if (
    /\.(?:png|jpe?g|gif|svg|webp|avif|js|mjs|ts|css|json|html|py|md|so|dll|exe|tgz|zip|gz|whl|jar)$/.test(
      domain,
    )
  )
    return true;
  if (
    /(?:^|\.)noreply\.|^(?:email|domain|yourdomain|company|acme|foo|bar|test|mail|host|server|site|xyz|x|a|b)\.(?:com|org|net|io)$/.test(
      domain,
    )
  )
    return true;
  return /^(?:git|hg|svn|root|no-?reply|do-?not-?reply|noreply|postmaster|mailer-daemon|user(?:name)?\d*|your[._-]?(?:name|email)|name|email|foo|bar|test\d*|info|support|security|contact|hello|admin|sales|team|dev|opensource|abuse|legal|privacy|press|help)$/.test(
    name,
  );
}

/** Their authors put their address there. */
const SAYS_WHO_WROTE_IT =
  /(?:^|\/)(?:package(?:-lock)?\.json|npm-shrinkwrap\.json|composer\.(?:json|lock)|pyproject\.toml|setup\.(?:py|cfg)|Cargo\.toml|[^/]+\.(?:gemspec|podspec|cabal|nuspec|spec)|pom\.xml|DESCRIPTION|PKG-INFO|METADATA|CODEOWNERS|OWNERS|AUTHORS|CONTRIBUTORS|MAINTAINERS|CREDITS|THANKS|(?:UN)?LICEN[CS]E|COPYING|NOTICE|CHANGELOG|CHANGES|HISTORY|SECURITY|CODE_OF_CONDUCT|CONTRIBUTING|\.mailmap|\.all-contributorsrc)(?:[.-][^/]*)?$/i;

function isCredit(text: string, start: number): boolean {
  const line =
    text
      .slice(Math.max(0, start - 200), start)
      .split('\n')
      .at(-1) ?? '';
  return /copyright|\(c\)|©|@?author|maintain|licen[cs]e|signed-off-by|co-authored-by|reviewed-by|reported-by|contact|written by/i.test(
    line,
  );
}

/** Addresses of one's own network, of documentation, and of no host at all. */
const NO_HOST =
  /^(?:0|10|127|22[4-9]|2[3-5]\d)\.|^192\.168\.|^172\.(?:1[6-9]|2\d|3[01])\.|^169\.254\.|^100\.(?:6[4-9]|[7-9]\d|1[01]\d|12[0-7])\.|^192\.0\.[02]\.|^198\.51\.100\.|^203\.0\.113\.|^198\.1[89]\.|^1\.[23]\.\d+\.\d+$|^2\.5\.(?:4|29)\.|^\d\.\d\.\d\.\d$/;

const WELL_KNOWN: ReadonlySet<string> = new Set([
  '8.8.4.4',
  '1.0.0.1',
  '9.9.9.9',
  '149.112.112.112',
  '208.67.222.222',
]);

const isVersion = (text: string, start: number): boolean =>
  /(?:version|ver|release|build|revision|chrome|safari|firefox|edge|webkit|gecko|oid|assembly|section|§|rfc|\bv)[\w-]{0,12}["'(]?\s{0,3}[:=/ ]?\s{0,3}["'(]?$/i.test(
    text.slice(Math.max(0, start - 40), start),
  );

export const speaksOfCards = (text: string): boolean =>
  /\b(?:credit|debit)?[ _-]?card(?:s|[ _-]?(?:no|num|number|holder))?\b|\bpan\b|\bcc_?num|\bvisa\b|mastercard/i.test(
    text,
  );

/** By the numbers that issuers have; a row of digits without gaps only where the text speaks of cards. */
const isCard = (digits: string, isLikely: boolean): boolean =>
  isLikely && ISSUER.test(digits) && !TEST_CARDS.has(digits) && !/(\d)\1{7}/.test(digits);

const ISSUER =
  /^(?:4(?:\d{12}|\d{15}|\d{18})|5[1-5]\d{14}|2(?:22[1-9]|2[3-9]\d|[3-6]\d\d|7[01]\d|720)\d{12}|3[47]\d{13}|6(?:011|5\d\d|4[4-9]\d)\d{12}|3(?:0[0-5]|[689]\d)\d{11}|35(?:2[89]|[3-8]\d)\d{12}|62\d{14,17})$/;

/** What payment providers give out for trying. */
const TEST_CARDS: ReadonlySet<string> = new Set([
  '4111111111111111',
  '4242424242424242',
  '4012888888881881',
  '4000056655665556',
  '4222222222222',
  '4000000000000002',
  '4000002500003155',
  '4000000000009995',
  '5555555555554444',
  '5105105105105100',
  '5200828282828210',
  '2223003122003222',
  '378282246310005',
  '371449635398431',
  '378734493671000',
  '6011111111111117',
  '6011000990139424',
  '3056930009020004',
  '30569309025904',
  '38520000023237',
  '3530111333300000',
  '3566002020360505',
  '6200000000000005',
]);

const SHOWN_IN_MANUALS: ReadonlySet<string> = new Set([
  'DE89370400440532013000',
  'GB29NWBK60161331926819',
  'GB82WEST12345698765432',
  'GB33BUKB20201555555555',
  'FR1420041010050500013M02606',
  'FR7630006000011234567890189',
  'NL91ABNA0417164300',
  'ES9121000418450200051332',
  'IT60X0542811101000000123456',
  'BE68539007547034',
  'CH9300762011623852957',
  'AT611904300234573201',
]);
