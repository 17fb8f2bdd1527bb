import { ifTainted, isCallOf, type Rule } from '../../rule.ts';

export const codeInjection: Rule = {
  id: 'js/code-injection',
  title: 'Code injection',
  cwe: ['CWE-95'],
  severity: 'critical',
  confidence: 'high',
  message: 'What a request brings is run as a program',
  fix: 'Parse the value as data; run nothing that comes from outside.',
  alsoLocal: true,
  check: (event) =>
    isCallOf(
      event,
      /^(?:(?:window|globalThis|global)\.)?(?:eval|Function|execScript)$|^vm2?\.(?:runInNewContext|runInThisContext|runInContext|compileFunction|Script)$/,
    ) ||
    (isCallOf(event, /^(?:(?:window|globalThis)\.)?(?:setTimeout|setInterval)$/) && event.args[0]?.isBuilt)
      ? ifTainted(...event.args)
      : null,
};
