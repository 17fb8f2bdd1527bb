import { ifTainted, isCallOf, type Rule } from '../../rule.ts';

export const regularExpressionInjection: Rule = {
  id: 'js/regular-expression-injection',
  title: 'Regular expression from outside',
  cwe: ['CWE-1333', 'CWE-400'],
  severity: 'medium',
  confidence: 'high',
  message: 'What a request brings becomes a pattern, which can run for years',
  fix: 'Escape the value, or search for it as plain text.',
  check: (event) => (isCallOf(event, /^RegExp$/) ? ifTainted(event.args[0]) : null),
};
