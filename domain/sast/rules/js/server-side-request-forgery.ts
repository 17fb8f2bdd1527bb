import { ifTainted, isCallOf, type Rule } from '../../rule.ts';

export const serverSideRequestForgery: Rule = {
  id: 'js/server-side-request-forgery',
  title: 'Server-side request forgery',
  cwe: ['CWE-918'],
  severity: 'high',
  confidence: 'medium',
  message: 'What a request brings says where this server connects to',
  fix: 'Compare the host with a fixed list before connecting.',
  check: (event) => {
    if (
      !isCallOf(
        event,
        /^(?:(?:globalThis|window)\.)?fetch$|^(?:axios|got|request|needle|superagent|undici|node-fetch|ky)(?:\.(?:get|post|put|patch|delete|head|request|fetch|stream))?$|^https?\.(?:get|request)$/,
      )
    )
      return null;
    const [first] = event.args;
    return ifTainted(
      first?.entries?.get('url') ??
        first?.entries?.get('host') ??
        first?.entries?.get('hostname') ??
        (first?.entries ? null : first),
    );
  },
};
