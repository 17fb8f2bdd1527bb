/** Whether a file of a repository is read when nobody says more: texts, documents and source code, by their endings. */
export function isTextLike(path: string): boolean {
  const name = path.slice(path.lastIndexOf('/') + 1);
  const dot = name.lastIndexOf('.');
  return dot > 0 ? ENDINGS.has(name.slice(dot + 1).toLowerCase()) : NAMES.has(name);
}

const ENDINGS: ReadonlySet<string> = new Set(
  [
    'md mdx markdown rst txt adoc asciidoc org tex html htm xhtml',
    'pdf docx pptx xlsx odt ods odp rtf eml csv tsv',
    'json jsonl yaml yml toml xml sarif spdx ini cfg conf properties',
    'py pyi js mjs cjs jsx ts mts cts tsx java kt kts scala groovy go rb rs cs fs vb swift m',
    'c h cc cpp cxx hpp hh php pl pm lua r jl dart ex exs erl hs clj sql sh bash ps1',
    'tf hcl cue rego proto graphql gradle cmake vue svelte css scss less',
  ].flatMap((line) => line.split(' ')),
);

const NAMES: ReadonlySet<string> = new Set(
  [
    'README LICENSE LICENCE NOTICE CHANGELOG CONTRIBUTING SECURITY AUTHORS CODEOWNERS',
    'Dockerfile Containerfile Makefile Jenkinsfile Vagrantfile Gemfile Rakefile Procfile',
  ].flatMap((line) => line.split(' ')),
);
