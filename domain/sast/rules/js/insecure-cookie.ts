import { HERE, isCallOf, type Rule } from '../../rule.ts';

export const insecureCookie: Rule = {
  id: 'js/insecure-cookie',
  title: 'Cookie that scripts can read or that travels in the clear',
  cwe: ['CWE-1004', 'CWE-614'],
  severity: 'low',
  confidence: 'high',
  message: 'A stolen session cookie is the session',
  fix: 'Set httpOnly and secure.',
  check: (event) => {
    if (isCallOf(event, /(?:^|\.)(?:res|response|reply)(?:\.\w+\(\))*\.(?:cookie|setCookie)$/)) {
      const name = String(event.args[0]?.constant ?? '');
      if (!/sess|auth|token|jwt|sid|login/i.test(name)) return null;
      return event.args.length < 3 ||
        (event.args[2]?.entries && event.args[2].entries.get('httpOnly')?.constant !== true)
        ? HERE
        : null;
    }
    return event.kind === 'entry' && event.name === 'httpOnly' && event.value.constant === false
      ? HERE
      : null;
  },
};
