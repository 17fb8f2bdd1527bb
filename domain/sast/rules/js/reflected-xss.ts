import { isCallOf, type Rule } from '../../rule.ts';

export const reflectedXss: Rule = {
  id: 'js/reflected-xss',
  title: 'Cross-site scripting in an answer',
  cwe: ['CWE-79'],
  severity: 'high',
  confidence: 'medium',
  message: 'What a request brings is sent back as HTML',
  fix: 'Escape the value, render it with a template engine, or answer with JSON.',
  check: (event) => {
    if (
      !isCallOf(
        event,
        /(?:^|\.)(?:res|response|reply)(?:\.(?:status|type|set|header)\(\))*\.(?:send|write|end)$/,
      )
    )
      return null;
    const [body] = event.args;
    // alone it may be anything; with a tag around it, it is HTML
    return body?.taint && /<[a-z!/][^>]{0,200}>?/i.test(body.text) ? { taint: body.taint } : null;
  },
};
