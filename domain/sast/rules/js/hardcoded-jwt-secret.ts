import { type Hit, isCallOf, option, type Rule, type Value } from '../../rule.ts';

const secretIn = (value: Value | undefined): Hit | null =>
  typeof value?.constant === 'string' && value.constant.length > 0
    ? { secret: { start: value.start, end: value.end } }
    : null;

export const hardcodedJwtSecret: Rule = {
  id: 'js/hardcoded-jwt-secret',
  title: 'Hard-coded key for tokens',
  cwe: ['CWE-798', 'CWE-321'],
  severity: 'high',
  confidence: 'high',
  message: 'Who reads the source can sign tokens of their own',
  fix: 'Read the key from the environment or a vault, and change it.',
  check: (event) => {
    if (isCallOf(event, /^(?:jsonwebtoken|jwt)\.(?:sign|verify)$/)) return secretIn(event.args[1]);
    const options = isCallOf(
      event,
      /^(?:express-session|cookie-session|express-jwt(?:\.expressjwt)?|cookie-parser)$/,
    )
      ? event
      : null;
    return options === null
      ? null
      : (secretIn(option(options, 'secret')) ??
          (options.path === 'cookie-parser' ? secretIn(options.args[0]) : null));
  },
};
