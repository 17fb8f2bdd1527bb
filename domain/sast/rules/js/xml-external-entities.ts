import { HERE, isCallOf, option, type Rule } from '../../rule.ts';

export const xmlExternalEntities: Rule = {
  id: 'js/xml-external-entities',
  title: 'XML with external entities',
  cwe: ['CWE-611'],
  severity: 'high',
  confidence: 'high',
  message: 'A document can name files of this server, and get them',
  fix: 'Leave noent and the loading of DTDs off.',
  check: (event) =>
    isCallOf(event, /^libxmljs2?\.(?:parseXml|parseXmlString|parseXmlAsync)$/) &&
    option(event, 'noent')?.constant === true
      ? HERE
      : null,
};
