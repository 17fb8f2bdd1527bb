import { findSecretsIn } from '../../secrets/find-secrets.ts';
import { longWordsOf } from '../../secrets/long-words.ts';
import { entropy, isPlaceholder } from '../../secrets/placeholder.ts';
import { SENSE } from '../lexicon/lexicon.ts';
import type { Match, Recogniser } from '../recogniser.ts';
import type { Window } from '../windows.ts';
import { isShown, SHAPES } from './secret-shapes.ts';

/** Keys and passwords: whose they are does not matter. */
export const SECRET: Recogniser = {
  type: 'SECRET',
  where: 'text',
  find: (text, _, around) => [
    ...findSecretsIn(around.at(0, 0).path, text, 0).map(({ start, end, confidence }) => ({
      start,
      end,
      likelihood: confidence === 'high' ? 0.95 : 0.75,
      nobodys: false,
    })),
    ...shapesIn(text),
    ...keysIn(text),
    ...toldIn(text, around.windows.words),
  ],
};

/** The scanner leaves these to the linter, which is too slow for every text; most are looked for in long words alone. */
function shapesIn(text: string): Match[] {
  const words = longWordsOf(text);
  return SHAPES.flatMap(({ begins, pattern, holds }) => {
    if (!begins.some((begin) => words.text.includes(begin))) return [];
    return [...words.text.matchAll(pattern)].flatMap(({ 0: value, index }) => {
      if (isShown(value) || !(holds?.(value) ?? true)) return [];
      const start = words.offsetOf(index);
      return [{ start, end: start + value.length, likelihood: 0.95, nobodys: false }];
    });
  });
}

/** Private keys, also those that are cut off before their end. */
function keysIn(text: string): Match[] {
  if (!text.includes('PRIVATE KEY')) return [];
  return [...text.matchAll(PRIVATE_KEY)].map(({ 0: key, index }) => ({
    start: index,
    end: index + key.length,
    likelihood: 0.95,
    nobodys: false,
  }));
}

const PRIVATE_KEY =
  /-----BEGIN (?:[A-Z0-9]{2,10} ){0,2}PRIVATE KEY(?: BLOCK)?-----(?:\\[nr]|[\s"'+,]){1,8}(?:[A-Za-z-]{4,12}: [^\r\n]{0,80}\s{1,8}){0,3}[A-Za-z0-9+/=]{40,80}(?:(?:\\[nr]|[\s"'+,]){1,8}[A-Za-z0-9+/=]{1,80}){0,200}(?:(?:\\[nr]|[\s"'+,]){1,8}-----END (?:[A-Z0-9]{2,10} ){0,2}PRIVATE KEY(?: BLOCK)?-----)?/g;

/** `password: …`, `das Passwort lautet …`, in the sentences and settings of people. */
function toldIn(text: string, words: readonly Window[]): Match[] {
  const found: Match[] = [];
  for (const { start, end, sense } of words) {
    if ((sense & SENSE.password) === 0) continue;
    TOLD.lastIndex = end;
    const match = TOLD.exec(text);
    const value = match?.groups?.value?.replace(/[.,;:!?)\]}"'`»”]{1,4}$/, '');
    if (match === null || value === undefined || value.length < SHORTEST) continue;
    const isPassword = PASSWORD.test(text.slice(start, end));
    if (!(isPassword ? isPasswordLike(value) : isKeyLike(value)) || isPlaceholder(value)) continue;
    const at = match.index + match[0].lastIndexOf(match.groups?.value ?? '');
    found.push({
      start: at,
      end: at + value.length,
      likelihood: match[0].includes(':') || match[0].includes('=') ? 0.75 : 0.65,
      nobodys: false,
    });
  }
  for (const match of text.includes('aws') || text.includes('AWS') ? text.matchAll(AWS) : []) {
    const value = match.groups?.value ?? '';
    if (isPlaceholder(value) || entropy(value) < 3.5) continue;
    const at = match.index + match[0].length - value.length;
    found.push({ start: at, end: at + value.length, likelihood: 0.9, nobodys: false });
  }
  return found;
}

const SHORTEST = 6;

const TOLD =
  /(?:[ _-](?:for|für|pour|para|von|of|is|was|key)(?: [^\s:="'`]{1,20}){0,3})?["']?(?:[ \t]{0,3}[:=][ \t]{0,3}|[ \t](?:is|was|ist|lautet|war|est|es|هي)[ \t:]{1,3})["'`«“]?(?<value>[^\s"'`«»“”<>]{6,128})/uy;

const PASSWORD = /^(?:pass|pwd?$|kennwort|zugang|mdp|contrase|clave|login|المرور|السر|credential|pin)/i;

const AWS =
  /aws[A-Za-z_.-]{0,20}(?:secret|SECRET|Secret)[A-Za-z_.-]{0,24}["']?\s{0,3}[:=]{1,2}>?\s{0,3}["']?(?<value>[A-Za-z0-9/+]{40})(?![A-Za-z0-9/+=])/gi;

/** What a person makes up: letters with a digit or a sign that no name in a program has. */
function isPasswordLike(value: string): boolean {
  if (NO_VALUE.test(value)) return false;
  const kinds = [/[a-z]/, /[A-Z]/, /\d/, /[^\w.,:/()[\]{}-]/].filter((kind) => kind.test(value)).length;
  return kinds >= 2 && /\d|[^\w.,:/()[\]{}-]/.test(value) && entropy(value) >= 2.5;
}

function isKeyLike(value: string): boolean {
  return (
    value.length >= 16 &&
    /^[A-Za-z0-9+/=_.~-]+$/.test(value) &&
    /\d/.test(value) &&
    /[A-Za-z]/.test(value) &&
    !NO_VALUE.test(value) &&
    entropy(value) >= 3.3
  );
}

/** Calls, members, paths, addresses and what stands for a value elsewhere. */
const NO_VALUE =
  /^(?:https?|ftp|file):\/\/|\w\(|\)\.|\w\[|=>|\|\||&&|^[\w$]+(?:\.[A-Za-z_$][\w$]*)+$|^[./~]*[\w-]+(?:\/[\w.-]+)+$|^\$|^%|\{\{|^\*+$|^[a-z]+(?:[-_][a-z0-9]+)+$|^[a-z]+(?:[A-Z][a-z]+)+\d?$|^[A-Z][A-Z0-9]*(?:_[A-Z0-9]+)+$|@[\w-]+\.[a-z]/;
