import { isArabic, isGivenName, isKnown, isPlace, isSureGiven, type Name } from '../names.ts';
import type { Window } from '../windows.ts';
import { behind, type Guess, guess, isSomething } from './person-guess.ts';

/** A field that a form or a table gives to a person's name, and who is said to have done something. */
export function labelled(text: string, { start, end }: Window): Guess[] {
  FIELD.lastIndex = end;
  const field = FIELD.exec(text)?.[0];
  if (field === undefined) return [];
  const label = text.slice(Math.max(0, start - 14), end).toLowerCase();
  const name = behind(text, FIELD.lastIndex) ?? arabicLine(text, FIELD.lastIndex, label);
  if (name === undefined) return [];
  const likelihood = sureOf(text, name, label, field);
  return likelihood === 0 ? [] : [guess(name, likelihood), ...othersBehind(text, name.end)];
}

function sureOf(text: string, { words, end }: Name, label: string, field: string): number {
  const [isField, isFull, isLine] = [/[:=]/.test(field), words.length > 1, isWholeLine(text, end)];
  const [first = ''] = words;
  if (INTRODUCED.test(label) && !isPlace(first)) return isFull || isGivenName(first) ? 0.75 : 0;
  if (isField && OF_A_NAME.test(label)) return OTHER_NAME.test(label) ? 0 : 0.75;
  const known = words.filter(isKnown).length;
  if (isField && isFull && NAME_ON_A_LINE.test(label)) return isLine || known > 0 ? 0.65 : 0;
  if (isFull && words.some(isGivenName)) return isField ? 0.8 : 0.7;
  if (OF_A_PERSON.test(label) && !isPlace(first)) {
    if (isField) return known > 0 ? 0.7 : isFull && isLine && !isSomething(words) ? 0.6 : 0;
    if (isFull && SPOKEN_OF.test(label) && !isSomething(words)) return 0.55;
  }
  if (isFull && /by/.test(field) && DONE_BY.test(label) && !isSomething(words)) return isField ? 0.65 : 0.55;
  return !isFull && isSureGiven(first) ? 0.55 : 0;
}

/** `Wei Zhang; Fatou Diallo and …`: whoever stands in one row with somebody is somebody. */
function othersBehind(text: string, start: number): Guess[] {
  const others: Guess[] = [];
  for (let at = start; others.length < MOST_IN_A_ROW; ) {
    BETWEEN.lastIndex = at;
    const between = BETWEEN.exec(text)?.[0];
    const name = between === undefined ? undefined : behind(text, at + between.length);
    if (name === undefined || !(name.words.length > 1 || isSureGiven(name.words[0] ?? ''))) break;
    if (!name.words.some(isKnown) && !/^[;,.\n\r ]/.test(text.slice(name.end, name.end + 1))) break;
    others.push(guess(name, 0.55));
    at = name.end;
  }
  return others;
}

const BETWEEN = /(?: \([^()\n]{1,30}\))?(?:[;,&]| and| und| et| y|, and) /y;
const MOST_IN_A_ROW = 20;

const FIELD =
  /(?:['’]s)?(?:[ _-]?(?:by|name|von|durch|par|por|to|off-by|del?|du|person|الكامل))?["'*]{0,2}[ \t]{0,3}[:=][ \t]{0,3}["'*]{0,2}|[ -](?:off-)?(?:by|to|von|durch|par|por|de)?:? ?/uy;

const NAME_ON_A_LINE = /(?:^|\n)[^\p{L}\n]{0,8}(?:name|nom|nombre|naam|nome)$/u;

/** `My name is …`, and the same in other languages. */
const INTRODUCED =
  /(?:my name|mein name|mon nom|mi nombre|ich hei(?:ß|ss)e|(?:je )?m['’]appelle|s['’]appelle|me llamo|se llama|اسمي|يدعى)$/u;
/** Of these a name may follow without a colon, and nothing else does that has two capitals. */
const SPOKEN_OF =
  /(?:patient|author|reporter|assignee|employee|tenant|landlord|witness|nurse|attorney|physician|paciente|inquilino|abogad[oa]|locataire|avocat)$/u;
const DONE_BY =
  /(?:signed|reported|reviewed|approved|assigned|created|written|submitted|requested|prepared|tested|acked|suggested|authored)$/u;

/** All of the line, where the field is one of names: the lists have but a few. */
function arabicLine(text: string, start: number, label: string): Name | undefined {
  if (!isArabic(text, start) || !OF_A_NAME.test(label)) return undefined;
  ARABIC_LINE.lastIndex = start;
  const line = ARABIC_LINE.exec(text)?.[0];
  return line === undefined ? undefined : { start, end: start + line.length, words: line.split(' ') };
}

const ARABIC_LINE = /[\u0620-\u064a]{2,15}(?: [\u0620-\u064a]{2,15}){1,4}(?=[ \t]{0,4}(?:[\n\r،,.|;]|$))/y;

/** Of these every value is a name, even a single word that no list has. */
const OF_A_NAME =
  /(?:patient(?:in|e)?|paciente|(?:full|first|last|family|given|maiden|middle|birth|customer|employee|applicant)[ _]?name|surname|(?:first|last|full)name|vorname|nachname|familienname|geburtsname|nom de famille|prénom|apellidos?|nombre completo|cardholder|card holder|karteninhaber|kontoinhaber|المريضة?|الاسم)$|(?:full|first|last|family|given|maiden|customer|employee)[ _]?$/u;

/** The name of a machine or of a file. */
const OTHER_NAME =
  /(?:file|host|user|domain|class|package|table|column|branch|tag|service|event|key)[ _]?(?:first|last|full)?name$/;

const OF_A_PERSON =
  /(?:author|autor|autora|auteur|reporter|assignee|reviewer|owner|contact|kontakt|ansprechpartner(?:in)?|contacto|responsable|manager|customer|kunde|kundin|client|cliente|employee|mitarbeiter(?:in)?|empleado|doctor|arzt|ärztin|médecin|médico|médica|physician|nurse|lawyer|attorney|(?:rechts)?an(?:walt|wältin)|avocat|abogad[oa]|witness|zeuge|tenant|mieter(?:in)?|locataire|inquilino|landlord|vermieter(?:in)?|applicant|antragsteller(?:in)?|holder|titulaire|titular|recipient|empfänger|destinataire|destinatario|sender|absender|expéditeur|remitente|attn|spouse|wife|husband|student|schüler(?:in)?|teacher|lehrer(?:in)?|المدير|العميل|الموظف|الطبيب|الطالب|المؤلف)$/u;

const isWholeLine = (text: string, end: number): boolean =>
  /^["'*]{0,2}[ \t]{0,8}(?:$|[\n\r,;|<(])/.test(text.slice(end, end + 12));
