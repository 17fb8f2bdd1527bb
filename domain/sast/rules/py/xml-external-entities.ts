import { HERE, ifTainted, isCallOf, type Rule } from '../../rule.ts';

export const xmlExternalEntities: Rule = {
  id: 'py/xml-external-entities',
  title: 'XML parser that follows entities',
  cwe: ['CWE-611', 'CWE-776'],
  severity: 'medium',
  confidence: 'medium',
  message: 'A document can name files of this server, or grow without end',
  fix: 'Use defusedxml.',
  check: (event) =>
    isCallOf(
      event,
      /^xml\.(?:etree\.(?:c?ElementTree)|dom\.minidom|dom\.pulldom|sax)\.(?:parse|parseString|fromstring|XML|iterparse|make_parser)$/,
    )
      ? ifTainted(event.args[0])
      : isCallOf(event, /^lxml\.etree\.XMLParser$/) && event.named.get('resolve_entities')?.constant === true
        ? HERE
        : null,
};
