import { ifTainted, isCallOf, type Rule } from '../../rule.ts';

export const domXss: Rule = {
  id: 'js/dom-xss',
  title: 'Cross-site scripting in the page',
  cwe: ['CWE-79'],
  severity: 'high',
  confidence: 'high',
  message: 'What is in the address becomes part of the page',
  fix: 'Use textContent, or a library that cleans HTML.',
  check: (event) => {
    if (isCallOf(event, /^document\.(?:write|writeln)$|\.insertAdjacentHTML$|\.createContextualFragment$/))
      return ifTainted(...event.args);
    if (isCallOf(event, /^(?:\$|jQuery)\(\)\.(?:html|append|prepend|after|before)$/))
      return ifTainted(event.args[0]);
    if (event.kind === 'entry' && event.name === 'dangerouslySetInnerHTML')
      return ifTainted(event.value.entries?.get('__html') ?? event.value);
    return event.kind === 'assign' && /^(?:innerHTML|outerHTML|srcdoc)$/.test(event.property ?? '')
      ? ifTainted(event.value)
      : null;
  },
};
