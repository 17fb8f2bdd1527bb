import { z } from 'zod';

/** Where OSV's own service and its exports are. */
export const OSV_API = 'https://api.osv.dev';
export const OSV_EXPORTS = 'https://osv-vulnerabilities.storage.googleapis.com';

/** The parts of OSV that speak of packages we read, by its names for them. Distributions' releases follow a colon. */
export const ADVISORY_ECOSYSTEMS = [
  'npm',
  'PyPI',
  'Go',
  'crates.io',
  'RubyGems',
  'Packagist',
  'Maven',
  'NuGet',
  'Hex',
  'Pub',
  'Debian',
  'Ubuntu',
  'Alpine',
] as const;
export type AdvisoryEcosystem = (typeof ADVISORY_ECOSYSTEMS)[number];

/** Becomes part of addresses and of texts: nothing in it may mean something there. */
export const AdvisoryId = z.string().regex(/^[A-Za-z0-9][A-Za-z0-9._:-]{0,127}$/);

const name = z.string().max(512);
const version = z.string().max(256);
const listOf = <T extends z.ZodType>(item: T, max: number) =>
  z
    .array(item)
    .max(max)
    .nullish()
    .transform((given) => given ?? []);

const Severity = z.object({ type: z.string().max(64), score: z.string().max(512) });
const Range = z.object({
  type: z.string().max(64),
  events: listOf(
    z.object({
      introduced: version.optional(),
      fixed: version.optional(),
      last_affected: version.optional(),
      limit: version.optional(),
    }),
    5_000,
  ),
});
const label = z
  .object({ severity: z.string().max(64).nullish().catch(null) })
  .nullish()
  .catch(null);

const Affected = z.object({
  package: z.object({ ecosystem: z.string().max(128), name }).nullish(),
  severity: listOf(Severity, 20),
  ranges: listOf(Range, 5_000),
  versions: listOf(version, 100_000),
  ecosystem_specific: label,
  database_specific: label,
});

/** One record of OSV, as far as it is used here: https://ossf.github.io/osv-schema/ */
export const OsvRecord = z.object({
  id: AdvisoryId,
  modified: z.string().max(64),
  withdrawn: z.string().max(64).nullish(),
  aliases: listOf(z.string().max(128), 1_000),
  upstream: listOf(z.string().max(128), 1_000),
  summary: z.string().max(100_000).nullish(),
  severity: listOf(Severity, 20),
  affected: listOf(Affected, 50_000),
  database_specific: label,
});
export type OsvRecord = z.infer<typeof OsvRecord>;

/** An advisory as far as it speaks of one package. */
export const Advisory = z.object({
  id: AdvisoryId,
  modified: z.string(),
  /** Other names of the same issue. */
  aliases: z.array(z.string()),
  /** Issues that this one rests on: a distribution's advisory is about several. */
  upstream: z.array(z.string()),
  summary: z.string(),
  severity: z.array(Severity),
  /** The word its publisher has for the severity. */
  label: z.string().nullable(),
  affected: z.array(
    z.object({
      ecosystem: z.string(),
      severity: z.array(Severity),
      ranges: z.array(Range),
      versions: z.array(z.string()),
    }),
  ),
});
export type Advisory = z.infer<typeof Advisory>;
export type AffectedVersions = Advisory['affected'][number];

/** Under which name a package is looked up: where two spellings are the same package, they are the same here. */
export function advisoryKey(ecosystem: string, name: string): string {
  const base = baseEcosystem(ecosystem);
  if (base === 'PyPI') return name.toLowerCase().replace(/[-_.]+/g, '-');
  return base === 'NuGet' || base === 'Packagist' ? name.toLowerCase() : name;
}

/** `Debian` of `Debian:12`. */
export const baseEcosystem = (ecosystem: string): string => ecosystem.split(':')[0] as string;

/** What a record says of each package of one ecosystem, by key; nothing when it was withdrawn. */
export function advisoriesOf(record: OsvRecord, base: string): Map<string, Advisory> {
  const found = new Map<string, Advisory>();
  if (record.withdrawn) return found;
  for (const affected of record.affected) {
    const { package: about, severity, ranges, versions } = affected;
    if (about == null || baseEcosystem(about.ecosystem) !== base) continue;
    const key = advisoryKey(about.ecosystem, about.name);
    const advisory = found.get(key) ?? {
      id: record.id,
      modified: record.modified,
      aliases: record.aliases,
      upstream: record.upstream,
      summary: (record.summary ?? '').slice(0, 512),
      severity: record.severity,
      label:
        record.database_specific?.severity ??
        affected.ecosystem_specific?.severity ??
        affected.database_specific?.severity ??
        null,
      affected: [],
    };
    // Ranges of commits say nothing of a version.
    const comparable = ranges.filter(({ type }) => type !== 'GIT');
    advisory.affected.push({ ecosystem: about.ecosystem, severity, ranges: comparable, versions });
    found.set(key, advisory);
  }
  return found;
}
