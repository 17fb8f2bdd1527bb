/**
 * `hardcoded-password` as people say it. What is more than plain words stays as it is: whoever looks for what is personal or secret
 * in it must see it whole.
 */
export const spokenName = (name: string): string => (WORDS.test(name) ? name.replaceAll(/[-_]/g, ' ') : name);

const WORDS = /^[a-z]{1,24}\d{0,2}(?:[-_](?:[a-z]{1,24}\d{0,2}|\d{1,2})){0,15}$/;
