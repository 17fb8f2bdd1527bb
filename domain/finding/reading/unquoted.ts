/**
 * Secrets that stand without quotes, as configuration files, environments and headers hold them and logs repeat them.
 * More is hidden than is secret: nobody misses a word in a line that says "password:".
 */
export function hideUnquoted(text: string, stars: (secret: string) => string): string {
  const hide = (_: string, before: string, secret: string): string => `${before}${stars(secret)}`;
  return text.replaceAll(AUTHORIZATION, hide).replaceAll(SCHEME, hide).replaceAll(UNQUOTED, hide);
}

// every repetition is bounded: a hostile text may be one long near miss

const AUTHORIZATION =
  /(authorization\\{0,3}["'`]?[ \t]{0,8}[:=][ \t]{0,8}\\{0,3}["'`]?(?:(?:bearer|basic|token|apikey|negotiate)[ \t]{1,8}|(?=[^\s"'`]{0,200}\d)))([^\s"'`]{4,4096})/gi;

/** Without the header's name it must look like a credential: "basic authentication" is none. */
const SCHEME =
  /(\b(?:bearer|basic)[ \t]{1,4})(?=[\w.~+/-]{0,100}\d|[\w.~+/-]{0,512}=)([\w.~+/=-]{12,4096})/gi;

/** With the secret's name at the end of it: what `password_policy` and `token_count` say is none. */
const NAME =
  /(?:passw(?:or)?d|passphrase|_pass|pwd|secret|(?<!unexpected )token|(?:api|access|private|secret|signing|encryption|auth)[_-]?key)(?:_value|[_-]?\d{1,3})?/;
const SIGN = /\\{0,3}["'`]?[ \t]{0,8}(?:=>|:=|=(?![=>])|:(?![:=]|\/\/))[ \t]{0,8}/;

const END = /[.!?:]?(?:[\s"'`,;)\]}|]|$)/;
const NO_SECRET = [
  // counts, and the lines and columns of a place
  /\d{1,6}(?::\d{1,6}){0,2}/,
  /none|null|nil|undefined|true|false|yes|not|await|async|lambda|function/,
  /string|str|bytes|integer|int|boolean|bool|number|any|object|unknown|void|never|text/,
  /required|optional|missing|invalid|expired|unset|empty|absent|found|detected|disabled|enabled/,
  // what stands for a value that is elsewhere
  /\$\{[^}\s]{0,100}\}|\$[a-z_]\w{0,60}|\{\{|\{[\w.]{0,60}\}|%[sdrv]|<[a-z_-]{1,40}>/,
  /(?:self|this|os|process|config|settings|env|request|req|args|options|params|ctx|props|secrets|var|local|module)(?:\?\.|\.|->)[\w$.]{1,100}/,
];
/** A value that the program has yet to compute. */
const CALL = /[a-z_$][\w$]{0,60}(?:(?:\.|->|::|\?\.)[\w$]{1,60}){0,8}(?:\(\)|[([](?=["'`a-z_$&\s]|$))/;

const UNQUOTED = new RegExp(
  `(${NAME.source}${SIGN.source})(?!(?:${NO_SECRET.map(({ source }) => source).join('|')})${END.source}|${CALL.source})([^\\s"'\`]{4,4096})`,
  'gi',
);
