import { ifTainted, isCallOf, type Rule } from '../../rule.ts';

export const codeInjection: Rule = {
  id: 'py/code-injection',
  title: 'Code injection',
  cwe: ['CWE-95'],
  severity: 'critical',
  confidence: 'high',
  message: 'What a request brings is run as a program',
  fix: 'Use ast.literal_eval, or parse the value as data.',
  alsoLocal: true,
  check: (event) =>
    isCallOf(event, /^(?:builtins\.)?(?:eval|exec|compile|__import__)$|^importlib\.import_module$/)
      ? ifTainted(event.args[0])
      : null,
};
