import { HERE, isCallOf, option, type Rule } from '../../rule.ts';

export const permissiveCors: Rule = {
  id: 'js/permissive-cors',
  title: 'Every site may use the session',
  cwe: ['CWE-942'],
  severity: 'high',
  confidence: 'high',
  message: 'Credentials are sent to whichever site asks',
  fix: 'Name the origins that are allowed.',
  check: (event) => {
    if (!isCallOf(event, /^(?:cors|@koa\/cors|@fastify\/cors)$/)) return null;
    const origin = option(event, 'origin')?.constant;
    return option(event, 'credentials')?.constant === true && (origin === true || origin === '*')
      ? HERE
      : null;
  },
};
