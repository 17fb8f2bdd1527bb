import type { Candidate } from '../sanitize/find.ts';

/** What was published on purpose, and rows of digits that only may be cards. */
export function isExpected({ type, start }: Candidate, value: string, place: Place): boolean {
  if (type === 'EMAIL_ADDRESS') return SAYS_WHO_WROTE_IT.test(place.path) || isCredit(place.text, start);
  return type === 'CREDIT_CARD' && !/\D/.test(value) && !place.speaksOfCards();
}

export type Place = {
  readonly path: string;
  readonly text: string;
  /** Asked of the whole text once, and not again for each number in it. */
  readonly speaksOfCards: () => boolean;
};

/** Their authors put their address there. */
const SAYS_WHO_WROTE_IT =
  /(?:^|\/)(?:package(?:-lock)?\.json|npm-shrinkwrap\.json|composer\.(?:json|lock)|pyproject\.toml|setup\.(?:py|cfg)|Cargo\.toml|[^/]+\.(?:gemspec|podspec|cabal|nuspec|spec)|pom\.xml|DESCRIPTION|PKG-INFO|METADATA|CODEOWNERS|OWNERS|AUTHORS|CONTRIBUTORS|MAINTAINERS|CREDITS|THANKS|(?:UN)?LICEN[CS]E|COPYING|NOTICE|CHANGELOG|CHANGES|HISTORY|SECURITY|CODE_OF_CONDUCT|CONTRIBUTING|\.mailmap|\.all-contributorsrc)(?:[.-][^/]*)?$/i;

function isCredit(text: string, start: number): boolean {
  const line =
    text
      .slice(Math.max(0, start - 200), start)
      .split('\n')
      .at(-1) ?? '';
  return /copyright|\(c\)|©|@?author|maintain|licen[cs]e|signed-off-by|co-authored-by|reviewed-by|reported-by|contact|written by/i.test(
    line,
  );
}

export const speaksOfCards = (text: string): boolean =>
  /\b(?:credit|debit)?[ _-]?card(?:s|[ _-]?(?:no|num|number|holder))?\b|\bpan\b|\bcc_?num|\bvisa\b|mastercard/i.test(
    text,
  );
