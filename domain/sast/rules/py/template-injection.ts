import { ifTainted, isCallOf, type Rule } from '../../rule.ts';

export const templateInjection: Rule = {
  id: 'py/template-injection',
  title: 'Template injection',
  cwe: ['CWE-1336'],
  severity: 'critical',
  confidence: 'high',
  message: 'What a request brings becomes a template, which can run code',
  fix: 'Keep templates in files, and pass values to them.',
  alsoLocal: true,
  check: (event) =>
    isCallOf(
      event,
      /^(?:flask\.)?render_template_string$|^jinja2\.(?:Template|Environment\(\)\.from_string)$|^mako\.template\.Template$/,
    )
      ? ifTainted(event.args[0])
      : null,
};
