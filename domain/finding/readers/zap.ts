import type { Finding, Severity } from '../../../contracts/finding.ts';
import { DRAFT_DEFAULTS } from '../draft.ts';
import { isObject, type JsonObject, listOf, numberOf, objectOf, textOf } from '../reading/json-values.ts';
import { draftsOf, inFile, type NativeReader, unlike } from './native-reader.ts';

/** One finding an alert and site; the addresses where it was seen are its related locations. */
export const readZap: NativeReader = (report, context) => {
  const sites = isObject(report) ? (isObject(report.site) ? [report.site] : report.site) : undefined;
  if (!Array.isArray(sites)) throw unlike('ZAP');
  const drafts = sites.flatMap((given, at) => {
    const site = objectOf(given);
    return draftsOf(site.alerts, `site[${at}].alerts`, context, (alert) => {
      const rule = textOf(alert.alertRef) ?? textOf(alert.pluginid);
      const name = textOf(alert.alert) ?? textOf(alert.name);
      if (rule === undefined || name === undefined) return undefined;
      const cwe = numberOf(alert.cweid);
      return {
        ...DRAFT_DEFAULTS,
        kind: 'dast' as const,
        tool: context.tool,
        rule,
        title: name,
        severity: RISKS[numberOf(alert.riskcode) ?? 2] ?? 'medium',
        source_severity: textOf(alert.riskdesc) ?? null,
        confidence: CONFIDENCE[numberOf(alert.confidence) ?? -1] ?? null,
        message: plain(alert.desc) || name,
        location: inFile(textOf(site['@name']) ?? textOf(site['@host']) ?? 'the target'),
        related_locations: addresses(alert).map(inFile),
        identifiers: cwe === undefined || cwe <= 0 ? [] : [`CWE-${cwe}`],
        fix: plain(alert.solution) || null,
        suppressed:
          numberOf(alert.confidence) === 0
            ? { kind: 'external' as const, justification: 'marked as a false positive in ZAP' }
            : null,
      };
    });
  });
  return { drafts, toolVersion: isObject(report) ? (textOf(report['@version']) ?? null) : null };
};

const RISKS: readonly Severity[] = ['info', 'low', 'medium', 'high'];
const CONFIDENCE: readonly Finding['confidence'][] = [null, 'low', 'medium', 'high', 'high'];

/** Without their queries, which hold what was attacked with, and sometimes sessions. */
function addresses(alert: JsonObject): string[] {
  const uris = listOf(alert.instances)
    .slice(0, 1000)
    .map((instance) => textOf(objectOf(instance).uri)?.split(/[?#]/)[0]?.slice(0, 1024));
  return [...new Set(uris.filter((uri) => uri !== undefined))].sort().slice(0, 100);
}

const plain = (html: unknown): string =>
  (textOf(html) ?? '')
    .slice(0, 20_000)
    .replaceAll(/<[^<>]{0,200}>/g, ' ')
    .replaceAll(/\s+/g, ' ')
    .trim();
