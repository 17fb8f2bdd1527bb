import type { Issue, TextFile } from './issue.ts';

export const isPackageJson = (path: string): boolean => /(?:^|\/)package\.json$/.test(path);

const INSTALL_SCRIPTS = ['preinstall', 'install', 'postinstall', 'preprepare', 'prepare'];

/** Scripts that run on every machine that installs the package, without anybody asking for them. */
export function checkPackageJson({ path, text }: TextFile): Issue[] {
  const scripts = (JSON.parse(text) as { scripts?: unknown } | null)?.scripts;
  if (scripts === null || typeof scripts !== 'object') return [];
  return Object.entries(scripts).flatMap(([name, script]): Issue[] => {
    if (!INSTALL_SCRIPTS.includes(name) || typeof script !== 'string') return [];
    const shown = script.slice(0, 4000);
    if (!FETCHES.test(shown)) return [];
    const line = lineOf(text, name, script);
    return [
      {
        rule: 'install-script',
        severity: 'medium',
        message: `${name} runs what is not in the package`,
        path,
        line,
      },
    ];
  });
}

const FETCHES =
  /\b(?:curl|wget|Invoke-WebRequest|iwr|bitsadmin|certutil)\b|https?:\/\/|\bnode\s{1,4}(?:-e|--eval)\b|\bpython[23]?\s{1,4}-c\b|\bbase64\b|\beval\b|\bnpx\s{1,4}(?:-y|--yes)\b/;

/** Where the parser saw it is not known any more, and the same words may stand elsewhere: the last place wins, as in JSON. */
function lineOf(text: string, name: string, script: string): number {
  const written = text.lastIndexOf(JSON.stringify(script));
  const at = written === -1 ? text.lastIndexOf(`"${name}"`) : written;
  return text.slice(0, Math.max(0, at)).split('\n').length;
}
