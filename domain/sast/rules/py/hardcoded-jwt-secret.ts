import { isCallOf, type Rule } from '../../rule.ts';

export const hardcodedJwtSecret: Rule = {
  id: 'py/hardcoded-jwt-secret',
  title: 'Hard-coded key for tokens or sessions',
  cwe: ['CWE-798', 'CWE-321'],
  severity: 'high',
  confidence: 'high',
  message: 'Who reads the source can sign tokens of their own',
  fix: 'Read the key from the environment or a vault, and change it.',
  check: (event) => {
    const key = isCallOf(event, /^jwt\.(?:encode|decode)$/)
      ? (event.args[1] ?? event.named.get('key'))
      : event.kind === 'assign' &&
          /(?:^|\.)(?:secret_key|SECRET_KEY)$/.test(event.path ?? '') &&
          /app/.test(event.path ?? '')
        ? event.value
        : undefined;
    return typeof key?.constant === 'string' && key.constant.length > 0
      ? { secret: { start: key.start, end: key.end } }
      : null;
  },
};
