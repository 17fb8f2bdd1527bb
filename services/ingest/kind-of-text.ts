import { basename, extname } from 'node:path/posix';
import type { Layout } from '../../domain/ingest/chunks/chunk-text.ts';

export type KindOfText = { readonly format: string; readonly layout: Layout };

/**
 * How a text is laid out. Kinds of text look alike, so what it is called counts where what it holds does not tell; `found` is
 * what it was recognised as.
 */
export function kindOfText(found: string, name: string, head: string): KindOfText {
  const language = languageOf(name, head);
  if (language !== undefined && MAY_BE_CODE.has(found)) return { format: language, layout: 'code' };
  const ending = extname(name).toLowerCase();
  // what stands before its text is written in YAML
  if (found === 'yaml' && /^\.(?:md|mdx|markdown)$/.test(ending))
    return { format: 'markdown', layout: 'markdown' };
  if (found === 'csv') return { format: 'csv', layout: 'table' };
  if (found === 'markdown') return { format: 'markdown', layout: 'markdown' };
  if (found === 'yaml') return { format: 'yaml', layout: 'settings' };
  if (found !== 'text') return { format: found, layout: found === 'xml' ? 'settings' : 'prose' };
  if (ending === '.rst' || RESTRUCTURED.test(head)) return { format: 'rst', layout: 'restructured' };
  if (SETTINGS.has(ending) || basename(name) === '.env') return { format: 'settings', layout: 'settings' };
  if (ending === '.mdx') return { format: 'markdown', layout: 'markdown' };
  if (ending === '' || ending === '.txt' || ending === '.text' || ending === '.adoc')
    return looksLikeMarkdown(head)
      ? { format: 'markdown', layout: 'markdown' }
      : { format: 'text', layout: 'prose' };
  return { format: 'text', layout: 'prose' };
}

/** A directive, a footnote, the target of a link, or a title between two lines: Markdown has none of them. */
const RESTRUCTURED =
  /^\.\. (?:[a-z-]{2,30}::|\[[\w#*-]{1,40}\]|_[^\n]{1,80}:)|^([=~^*#-])\1{3,80}\n[^\n]{1,80}\n\1{4,80}$/m;

/** A first line with two commas makes no table of a program. */
const MAY_BE_CODE: ReadonlySet<string> = new Set(['text', 'csv', 'markdown', 'xml', 'yaml', 'html']);

const SETTINGS: ReadonlySet<string> = new Set([
  '.toml',
  '.ini',
  '.cfg',
  '.conf',
  '.properties',
  '.env',
  '.tf',
  '.hcl',
]);

const looksLikeMarkdown = (head: string): boolean =>
  (head.match(/^#{1,6} \S/gm) ?? []).length >= 2 || /^(?:```|~~~)/m.test(head);

function languageOf(name: string, head: string): string | undefined {
  const base = basename(name).toLowerCase();
  const known = NAMES[base] ?? ENDINGS.get(extname(base));
  if (known !== undefined) return known;
  const [, program] =
    /^#!\s{0,3}\S{0,60}?(?:env\s{1,3})?(?:\/|\s|^)?(python|node|bash|sh|zsh|ruby|perl|php|deno|lua)[\d.]{0,6}(?:\s|$)/.exec(
      head.slice(0, 120),
    ) ?? [];
  return program === undefined ? undefined : (PROGRAMS[program] ?? program);
}

const PROGRAMS: Readonly<Record<string, string>> = {
  node: 'javascript',
  deno: 'typescript',
  bash: 'shell',
  sh: 'shell',
  zsh: 'shell',
};

const NAMES: Readonly<Record<string, string>> = {
  dockerfile: 'dockerfile',
  containerfile: 'dockerfile',
  makefile: 'makefile',
  jenkinsfile: 'groovy',
  gemfile: 'ruby',
  rakefile: 'ruby',
};

const LANGUAGES: Readonly<Record<string, string>> = {
  typescript: '.ts .tsx .mts .cts',
  javascript: '.js .jsx .mjs .cjs',
  python: '.py .pyi',
  java: '.java',
  kotlin: '.kt .kts',
  scala: '.scala',
  groovy: '.groovy .gradle',
  go: '.go',
  rust: '.rs',
  c: '.c .h',
  cpp: '.cc .cpp .cxx .hpp .hh',
  csharp: '.cs',
  swift: '.swift',
  objc: '.m .mm',
  ruby: '.rb',
  php: '.php',
  perl: '.pl .pm',
  lua: '.lua',
  r: '.r',
  julia: '.jl',
  elixir: '.ex .exs',
  erlang: '.erl',
  haskell: '.hs',
  clojure: '.clj',
  dart: '.dart',
  shell: '.sh .bash .zsh',
  powershell: '.ps1 .psm1',
  sql: '.sql',
  css: '.css .scss .less',
  proto: '.proto',
  graphql: '.graphql .gql',
  vue: '.vue',
  svelte: '.svelte',
};

const ENDINGS: ReadonlyMap<string, string> = new Map(
  Object.entries(LANGUAGES).flatMap(([language, endings]) =>
    endings.split(' ').map((ending) => [ending, language] as const),
  ),
);
