import { ifTainted, isCallOf, type Rule } from '../../rule.ts';

export const openRedirect: Rule = {
  id: 'py/open-redirect',
  title: 'Open redirect',
  cwe: ['CWE-601'],
  severity: 'medium',
  confidence: 'high',
  message: 'Where the browser goes next is chosen by who made the link',
  fix: 'Redirect to paths of a fixed list.',
  check: (event) =>
    isCallOf(
      event,
      /^(?:flask\.redirect|django\.shortcuts\.redirect|redirect|django\.http\.HttpResponseRedirect|HttpResponseRedirect|(?:fastapi|starlette)\.responses\.RedirectResponse)$/,
    )
      ? ifTainted(event.args[0])
      : null,
};
