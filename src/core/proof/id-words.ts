/** The first 128 bits of document ids, as four words: counted, added and remembered without a text or a BigInt for each. */
import { hash } from 'node:crypto';

/** Characters of an id that its words are made of, all but two bits of the last. */
export const ID_CHARACTERS = 22;
const ID_LENGTH = 43;
const WORD = 2 ** 32;
const NO_DIGIT = 255;

const DIGITS = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_';
const valueOf = new Uint8Array(256).fill(NO_DIGIT);
for (let value = 0; value < DIGITS.length; value += 1) valueOf[DIGITS.charCodeAt(value)] = value;

/** False where the text has a character that base64url has not. */
function decode(text: string, into: Uint32Array): boolean {
  let word = 0;
  let filled = 0;
  let at = 0;
  for (let position = 0; position < ID_CHARACTERS; position += 1) {
    const value = valueOf[text.charCodeAt(position)] ?? NO_DIGIT;
    if (value === NO_DIGIT) return false;
    const room = 32 - filled;
    if (room > 6) {
      word = (word << 6) | value;
      filled += 6;
      continue;
    }
    const rest = 6 - room;
    into[at] = (word << room) | (value >>> rest);
    at += 1;
    word = value & ((1 << rest) - 1);
    filled = rest;
  }
  return true;
}

/** An id is a SHA-256 in base64url (`document-id.ts`); anything else that lies in Elasticsearch is hashed first. */
export function wordsOf(id: string, into: Uint32Array): Uint32Array {
  if (id.length !== ID_LENGTH || !decode(id, into)) decode(hash('sha256', id, 'base64url'), into);
  return into;
}

/** How many ids, and their sum modulo 2^128: the same for the same set in any order, and for another set only by chance. */
export type IdSum = { readonly count: number; readonly sum: bigint };

export const NO_IDS: IdSum = { count: 0, sum: 0n };
const MODULUS = 1n << 128n;

export const plus = (a: IdSum, b: IdSum): IdSum => ({ count: a.count + b.count, sum: (a.sum + b.sum) % MODULUS });
export const minus = (a: IdSum, b: IdSum): IdSum => ({
  count: a.count - b.count,
  sum: (a.sum - b.sum + MODULUS) % MODULUS,
});

/** A sum under way. */
export type IdAdder = { count: number; readonly words: Float64Array };

export const createAdder = (): IdAdder => ({ count: 0, words: new Float64Array(4) });

/** Doubles hold two million words' sum exactly: carrying is left until then. */
const CARRY_EVERY = 2 ** 20;

function carry(words: Float64Array): void {
  for (let at = 3; at >= 0; at -= 1) {
    const word = words[at] ?? 0;
    words[at] = word % WORD;
    if (at > 0) words[at - 1] = (words[at - 1] ?? 0) + Math.floor(word / WORD);
  }
}

export function addWords(adder: IdAdder, words: Uint32Array): void {
  const sums = adder.words;
  for (let at = 0; at < 4; at += 1) sums[at] = (sums[at] ?? 0) + (words[at] ?? 0);
  adder.count += 1;
  if (adder.count % CARRY_EVERY === 0) carry(sums);
}

export function sumOf({ count, words }: IdAdder): IdSum {
  carry(words);
  return { count, sum: words.reduce((sum, word) => (sum << 32n) + BigInt(word), 0n) };
}

const scratch = new Uint32Array(4);

/** The sum of a few ids. */
export function sumOfIds(ids: Iterable<string>): IdSum {
  const adder = createAdder();
  for (const id of ids) addWords(adder, wordsOf(id, scratch));
  return sumOf(adder);
}

/** 22 characters, as the beginning of an id: the sum of one id reads like it. */
export const textOfSum = (sum: bigint): string =>
  Buffer.from(sum.toString(16).padStart(32, '0'), 'hex').toString('base64url');

/** Undefined for anything that `textOfSum` does not write. */
export function sumOfText(text: string): bigint | undefined {
  const bytes = Buffer.from(text, 'base64url');
  if (bytes.length !== 16 || bytes.toString('base64url') !== text) return undefined;
  return BigInt(`0x${bytes.toString('hex')}`);
}
