import type { Language } from './analyse.ts';
import type { Source } from './rule.ts';
import { certificateCheckOff } from './rules/js/certificate-check-off.ts';
import { codeInjection } from './rules/js/code-injection.ts';
import { commandInjection } from './rules/js/command-injection.ts';
import { domXss } from './rules/js/dom-xss.ts';
import { hardcodedJwtSecret } from './rules/js/hardcoded-jwt-secret.ts';
import { insecureCookie } from './rules/js/insecure-cookie.ts';
import { insecureRandomness } from './rules/js/insecure-randomness.ts';
import { jwtNotVerified } from './rules/js/jwt-not-verified.ts';
import { nosqlInjection } from './rules/js/nosql-injection.ts';
import { openRedirect } from './rules/js/open-redirect.ts';
import { pathTraversal } from './rules/js/path-traversal.ts';
import { permissiveCors } from './rules/js/permissive-cors.ts';
import { prototypePollution } from './rules/js/prototype-pollution.ts';
import { reflectedXss } from './rules/js/reflected-xss.ts';
import { regularExpressionInjection } from './rules/js/regular-expression-injection.ts';
import { serverSideRequestForgery } from './rules/js/server-side-request-forgery.ts';
import { shellEnabled } from './rules/js/shell-enabled.ts';
import { sqlInjection } from './rules/js/sql-injection.ts';
import { templateInjection } from './rules/js/template-injection.ts';
import { unsafeDeserialization } from './rules/js/unsafe-deserialization.ts';
import { weakCipher } from './rules/js/weak-cipher.ts';
import { weakHash } from './rules/js/weak-hash.ts';
import { weakPasswordHash } from './rules/js/weak-password-hash.ts';
import { xmlExternalEntities } from './rules/js/xml-external-entities.ts';

export const JAVASCRIPT: Language = {
  rules: [
    certificateCheckOff,
    codeInjection,
    commandInjection,
    domXss,
    hardcodedJwtSecret,
    insecureCookie,
    insecureRandomness,
    jwtNotVerified,
    nosqlInjection,
    openRedirect,
    pathTraversal,
    permissiveCors,
    prototypePollution,
    reflectedXss,
    regularExpressionInjection,
    serverSideRequestForgery,
    shellEnabled,
    sqlInjection,
    templateInjection,
    unsafeDeserialization,
    weakCipher,
    weakHash,
    weakPasswordHash,
    xmlExternalEntities,
  ],
  sourceOf,
  passes: (path, isNew) =>
    PASSES.test(path) || (isNew && /^(?:URL|URLSearchParams|String|Map|Set|Array)$/.test(path)),
  stops: (method) => STOPS.test(method),
};

function sourceOf(path: string): Source | null {
  if (REQUEST.test(path)) return { source: 'the request', isLocal: false };
  if (/^process\.argv$/.test(path)) return { source: 'the command line', isLocal: true };
  return ADDRESS.test(path) ? { source: 'the address of the page', isLocal: false } : null;
}

const REQUEST =
  /^(?:this\.)?(?:(?:ctx|context|c)\.)?(?:req|request)\.(?:query|body|params|param\(\)|headers|cookies|signedCookies|url|originalUrl|files?|rawBody|get\(\)|header\(\)|hostname|json\(\)|text\(\)|formData\(\))$|^ctx\.(?:query|params|querystring)$|^event\.(?:queryStringParameters|pathParameters|body|headers|multiValueQueryStringParameters)$/;
const ADDRESS =
  /^(?:(?:window|document|self|top)\.)?location(?:\.(?:search|hash|href|pathname))$|^document\.(?:URL|documentURI|referrer|cookie|location)$|^window\.name$/;

/** Whatever else is called may check or replace what it gets. */
const PASSES =
  /^(?:String|decodeURI|decodeURIComponent|unescape|atob|btoa|crypto\.createHash|JSON\.parse|JSON\.stringify|Object\.(?:assign|values|entries|keys|fromEntries)|Array\.from|Buffer\.(?:from|concat)|Promise\.(?:resolve|all)|path(?:\.posix|\.win32)?\.(?:join|resolve|normalize)|util\.format|url\.(?:parse|format|resolve)|querystring\.(?:parse|unescape)|qs\.parse|structuredClone)$|\.(?:concat|replace|replaceAll|join|format|push)$/;

/** What is left is a number, a yes or no, or was made harmless. */
const STOPS =
  /^(?:length|size|includes|startsWith|endsWith|indexOf|lastIndexOf|has|test|some|every|charCodeAt|codePointAt|search|localeCompare|byteLength|escape|escapeId|safeParse)$/;
