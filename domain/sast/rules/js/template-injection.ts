import { ifTainted, isCallOf, type Rule } from '../../rule.ts';

export const templateInjection: Rule = {
  id: 'js/template-injection',
  title: 'Template injection',
  cwe: ['CWE-1336'],
  severity: 'high',
  confidence: 'medium',
  message: 'What a request brings becomes a template, which can run code',
  fix: 'Keep templates in files, and pass values to them.',
  check: (event) =>
    isCallOf(
      event,
      /^(?:handlebars|Handlebars|ejs|pug|nunjucks|mustache|doT|eta|lodash|_)\.(?:compile|render|renderString|template|precompile)$/,
    )
      ? ifTainted(event.args[0])
      : null,
};
