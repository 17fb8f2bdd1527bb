import { HERE, isCallOf, type Rule } from '../../rule.ts';

export const insecureTemporaryFile: Rule = {
  id: 'py/insecure-temporary-file',
  title: 'Temporary file that others can take',
  cwe: ['CWE-377'],
  severity: 'medium',
  confidence: 'high',
  message: 'Between the name and the file somebody else can make it',
  fix: 'Use tempfile.mkstemp or NamedTemporaryFile.',
  check: (event) => (isCallOf(event, /^tempfile\.mktemp$|^os\.(?:tempnam|tmpnam)$/) ? HERE : null),
};
