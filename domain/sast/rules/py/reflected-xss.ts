import { isCallOf, type Rule } from '../../rule.ts';

export const reflectedXss: Rule = {
  id: 'py/reflected-xss',
  title: 'Cross-site scripting in an answer',
  cwe: ['CWE-79'],
  severity: 'high',
  confidence: 'medium',
  message: 'What a request brings is sent back as HTML',
  fix: 'Escape the value, or render it with a template.',
  check: (event) => {
    if (
      !isCallOf(
        event,
        /^(?:flask\.)?(?:make_response|Response|Markup)$|^(?:django\.http\.)?HttpResponse$|^(?:django\.utils\.safestring\.)?mark_safe$|^markupsafe\.Markup$/,
      )
    )
      return null;
    const [body] = event.args;
    return body?.taint && (/<[a-z!/]/i.test(body.text) || /ark/.test(event.method))
      ? { taint: body.taint }
      : null;
  },
};
