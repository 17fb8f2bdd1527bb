import type { Language } from './analyse.ts';
import type { Source } from './rule.ts';
import { certificateCheckOff } from './rules/py/certificate-check-off.ts';
import { codeInjection } from './rules/py/code-injection.ts';
import { commandInjection } from './rules/py/command-injection.ts';
import { flaskDebug } from './rules/py/flask-debug.ts';
import { hardcodedJwtSecret } from './rules/py/hardcoded-jwt-secret.ts';
import { insecureRandomness } from './rules/py/insecure-randomness.ts';
import { insecureTemporaryFile } from './rules/py/insecure-temporary-file.ts';
import { jwtNotVerified } from './rules/py/jwt-not-verified.ts';
import { openRedirect } from './rules/py/open-redirect.ts';
import { pathTraversal } from './rules/py/path-traversal.ts';
import { pickledData } from './rules/py/pickled-data.ts';
import { reflectedXss } from './rules/py/reflected-xss.ts';
import { serverSideRequestForgery } from './rules/py/server-side-request-forgery.ts';
import { shellEnabled } from './rules/py/shell-enabled.ts';
import { sqlInjection } from './rules/py/sql-injection.ts';
import { sqlStringBuilding } from './rules/py/sql-string-building.ts';
import { templateInjection } from './rules/py/template-injection.ts';
import { unsafeArchive } from './rules/py/unsafe-archive.ts';
import { unsafeDeserialization } from './rules/py/unsafe-deserialization.ts';
import { unsafeYaml } from './rules/py/unsafe-yaml.ts';
import { weakCipher } from './rules/py/weak-cipher.ts';
import { weakHash } from './rules/py/weak-hash.ts';
import { weakPasswordHash } from './rules/py/weak-password-hash.ts';
import { xmlExternalEntities } from './rules/py/xml-external-entities.ts';

export const PYTHON: Language = {
  rules: [
    certificateCheckOff,
    codeInjection,
    commandInjection,
    flaskDebug,
    hardcodedJwtSecret,
    insecureRandomness,
    insecureTemporaryFile,
    jwtNotVerified,
    openRedirect,
    pathTraversal,
    pickledData,
    reflectedXss,
    serverSideRequestForgery,
    shellEnabled,
    sqlInjection,
    sqlStringBuilding,
    templateInjection,
    unsafeArchive,
    unsafeDeserialization,
    unsafeYaml,
    weakCipher,
    weakHash,
    weakPasswordHash,
    xmlExternalEntities,
  ],
  sourceOf,
  passes: (path) => PASSES.test(path),
  stops: (method) => STOPS.test(method),
};

function sourceOf(path: string): Source | null {
  if (REQUEST.test(path)) return { source: 'the request', isLocal: false };
  return /^sys\.argv$|^(?:raw_)?input\(\)$|^sys\.stdin\.read(?:line)?\(\)$/.test(path)
    ? { source: 'the command line', isLocal: true }
    : null;
}

const REQUEST =
  /^(?:flask\.|self\.)?request\.(?:args|form|values|json|data|cookies|headers|files|get_json\(\)|get_data\(\)|query_string|path|url|full_path|GET|POST|COOKIES|META|FILES|body|query_params|path_params|match_info|json\(\)|form\(\))$|^self\.(?:get_argument|get_query_argument|get_body_argument)\(\)$/;

/** Whatever else is called may check or replace what it gets. */
const PASSES =
  /^(?:str|bytes|repr|list|tuple|dict|set|reversed|sorted|iter|next|bytearray|json\.(?:loads|dumps)|os\.path\.(?:join|abspath|normpath|expanduser|realpath)|pathlib\.(?:Path|PurePath)|urllib\.parse\.(?:unquote|unquote_plus|urljoin|urlparse|parse_qs)|base64\.\w+|io\.(?:BytesIO|StringIO)|copy\.(?:copy|deepcopy)|textwrap\.dedent|(?:sqlalchemy\.)?text)$|\.(?:format|join|replace|format_map|joinpath)$/;

/** What is left is a number, a yes or no, or was made harmless. */
const STOPS =
  /^(?:startswith|endswith|isdigit|isalnum|isalpha|isnumeric|count|index|find|rfind|__len__|content_length)$/;
