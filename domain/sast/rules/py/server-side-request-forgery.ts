import { ifTainted, isCallOf, type Rule } from '../../rule.ts';

export const serverSideRequestForgery: Rule = {
  id: 'py/server-side-request-forgery',
  title: 'Server-side request forgery',
  cwe: ['CWE-918'],
  severity: 'high',
  confidence: 'medium',
  message: 'What a request brings says where this server connects to',
  fix: 'Compare the host with a fixed list before connecting.',
  check: (event) =>
    isCallOf(
      event,
      /^(?:requests|httpx)\.(?:get|post|put|patch|delete|head|request)$|^urllib\.request\.(?:urlopen|urlretrieve|Request)$|^urllib2?\.urlopen$/,
    )
      ? ifTainted(event.args[event.method === 'request' ? 1 : 0], event.named.get('url'))
      : null,
};
