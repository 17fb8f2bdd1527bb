import { imageIssue } from './images.ts';
import type { Issue, TextFile } from './issue.ts';
import { shellIssues } from './shell.ts';

/** Pipelines of other hosts than GitHub, which run with the secrets of the project. */
export const isPipeline = (path: string): boolean =>
  /(?:^|\/)(?:[\w.-]*\.gitlab-ci\.ya?ml|\.travis\.ya?ml|Jenkinsfile[\w.-]*|azure-pipelines[\w.-]*\.ya?ml|bitbucket-pipelines\.ya?ml)$|^\.circleci\/config\.ya?ml$/.test(
    path,
  );

export const isScript = (path: string): boolean =>
  /\.(?:sh|bash|zsh|ps1)$|(?:^|\/)(?:Makefile|GNUmakefile|Justfile|Vagrantfile|Taskfile\.ya?ml)$/.test(path);

export function checkPipeline({ path, text }: TextFile): Issue[] {
  const images = [
    ...text.matchAll(
      /^[ \t-]{0,40}(?:image|name):[ \t]{1,8}["']?(?<image>[\w./:@$-]{1,300})["']?[ \t]{0,8}$/gm,
    ),
  ]
    // a name is an image only where it says a registry or a tag
    .filter(([line, image = '']) => line.includes('image:') || /[/:]/.test(image))
    .slice(0, MAX_IMAGES)
    .flatMap((match) =>
      imageIssue(match.groups?.image ?? '', path, text.slice(0, match.index).split('\n').length),
    );
  return [...images, ...shellIssues(text, path, 1)];
}

const MAX_IMAGES = 100;

/** A script runs where somebody decides to: the same line weighs less than in a pipeline. */
export const checkScript = ({ path, text }: TextFile): Issue[] =>
  shellIssues(text, path, 1).map((issue) => ({ ...issue, severity: 'low' as const }));
