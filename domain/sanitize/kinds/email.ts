import { SENSE } from '../lexicon/lexicon.ts';
import { byPattern, type Recogniser } from '../recogniser.ts';

export const EMAIL: Recogniser = byPattern({
  type: 'EMAIL_ADDRESS',
  where: 'at',
  pattern:
    /(?<![\p{L}\p{N}_.+-])(?!')[\p{L}\p{N}_.+'%-]{1,64}(?<!')@(?:[\p{L}\p{N}-]{1,63}\.){1,8}(?:xn--[a-z0-9-]{2,59}|\p{L}{2,24})/gu,
  // in a URL what stands before the `@` is a password
  likelihood: ({ value, around }) => {
    if (/:\/\/[^\s/@]{0,100}:$/.test(around.before(128)) || isNoAddress(value)) return 0;
    if (/^(?:git|hg|svn)@/.test(value) && /^[:/]/.test(around.after(1))) return 0;
    return around.says(WORDS) ? 0.95 : 0.85;
  },
  nobodys: ({ value }) => isNobodysAddress(value),
});

/** `jo (at) fastpost [dot] de`: written so that no machine finds it, and people do. */
export const DISGUISED_EMAIL: Recogniser = {
  type: 'EMAIL_ADDRESS',
  where: 'words',
  sense: SENSE.at,
  find: (text, { start, end }) => {
    if (!OPENS.test(text.charAt(start - 1)) || !CLOSES.test(text.charAt(end))) return [];
    const name = NAME_BEFORE.exec(text.slice(Math.max(0, start - 68), start));
    DOMAIN_BEHIND.lastIndex = end;
    const domain = DOMAIN_BEHIND.exec(text)?.[0];
    if (name === null || domain === undefined) return [];
    return [{ start: start - name[0].length, end: end + domain.length, likelihood: 0.7, nobodys: false }];
  },
};

const OPENS = /[[({<]/;
const CLOSES = /[\])}>]/;
const NAME_BEFORE = /(?<![\p{L}\p{N}_.+-])[\p{L}\p{N}_.+-]{1,64} ?[[({<]$/u;
const DOMAIN_BEHIND =
  /[\])}>] ?[\p{L}\p{N}-]{1,63}(?:(?:\.| ?[[({<](?:dot|punkt|point|punto)[\])}>] ?)[\p{L}\p{N}-]{2,63}){1,4}/uy;

const WORDS = /e-?mail|mail ?to|correo|courriel|kontakt|contact|from:|to:|cc:|reply/;

export function isNobodysAddress(address: string): boolean {
  const [name = '', domain = ''] = address.toLowerCase().split('@');
  return RESERVED.test(domain) || MADE_UP.test(domain) || NO_PERSON.test(name) || isNoAddress(address);
}

function isNoAddress(address: string): boolean {
  const domain = address.slice(address.lastIndexOf('@') + 1).toLowerCase();
  if (FILE_NAME.test(domain)) return !NAMED_BY_ADDRESS.test(domain.replace(FILE_NAME, ''));
  return /^\d+(?:\.\d+)*$/.test(domain);
}

const RESERVED = /(?:^|\.)(?:example\.(?:com|org|net|edu)|example|test|invalid|localhost|local|internal)$/;

/** A picture for sharp screens, a package at a version. */
const FILE_NAME =
  /\.(?:png|jpe?g|gif|svg|webp|avif|js|mjs|ts|css|json|html|py|md|so|dll|exe|tgz|zip|gz|whl|jar)$/;

/** Of a file that is called by somebody's address: a country or what most have, behind more than the `2x` of a picture. */
const NAMED_BY_ADDRESS = /[\p{L}][\p{L}\p{N}-]{2,62}\.(?:[a-z]{2}|com|org|net|edu|gov|info|biz)$/u;

const MADE_UP =
  /(?:^|\.)noreply\.|^(?:email|domain|yourdomain|company|acme|foo|bar|test|mail|host|server|site|xyz|x|a|b)\.(?:com|org|net|io)$/;

const NO_PERSON =
  /^(?:git|hg|svn|root|no-?reply|do-?not-?reply|noreply|postmaster|mailer-daemon|user(?:name)?\d*|your[._-]?(?:name|email)|name|email|foo|bar|test\d*|info|support|security|contact|hello|admin|sales|team|dev|opensource|abuse|legal|privacy|press|help)$/;
