/**
 * A shell as the first process of a namespace, in front of the program. It collects what the program's children leave, which
 * a program that does not know itself to be first would not do; its end is the end of all others; and whoever started the
 * namespace waits for exactly that.
 */
export const AS_INIT = ['/bin/sh', '-c', '"$@"; exit $?', 'sh'];
