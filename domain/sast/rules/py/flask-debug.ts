import { HERE, isCallOf, type Rule } from '../../rule.ts';

export const flaskDebug: Rule = {
  id: 'py/flask-debug',
  title: 'Debugger open to everyone',
  cwe: ['CWE-489', 'CWE-94'],
  severity: 'high',
  confidence: 'high',
  message: 'The debugger of Flask runs code for whoever reaches it',
  fix: 'Turn debug on by the environment of a developer only.',
  check: (event) =>
    isCallOf(event, /(?:^|\.)(?:app|application|flask\.Flask\(\))\.run$/) &&
    event.named.get('debug')?.constant === true
      ? HERE
      : null,
};
