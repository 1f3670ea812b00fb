/** A set of ids by their words, each with marks: 17 bytes a place, where a set of texts takes a hundred. */

export type IdSet = {
  /** True where the id had not got this mark (a bit, 1 to 128) before. */
  mark(words: Uint32Array, mark: number): boolean;
  /** Its marks so far; 0 for an id that is not in the set. */
  marksOf(words: Uint32Array): number;
  readonly size: number;
  clear(): void;
};

const SMALLEST = 64;

/** Open addressing: an id's words are random already, so that its first one is as good as a hash. */
export function createIdSet(): IdSet {
  let places = SMALLEST;
  let ids = new Uint32Array(4 * places);
  let marks = new Uint8Array(places);
  let size = 0;

  function placeOf(words: Uint32Array, from = 0): number {
    let place = (words[from] ?? 0) & (places - 1);
    while (marks[place] !== 0) {
      const at = 4 * place;
      if (
        ids[at] === words[from] &&
        ids[at + 1] === words[from + 1] &&
        ids[at + 2] === words[from + 2] &&
        ids[at + 3] === words[from + 3]
      )
        return place;
      place = (place + 1) & (places - 1);
    }
    return place;
  }

  function put(place: number, words: Uint32Array, from: number, mark: number): void {
    for (let at = 0; at < 4; at += 1) ids[4 * place + at] = words[from + at] ?? 0;
    marks[place] = mark;
  }

  function grow(): void {
    const [before, marked] = [ids, marks];
    places *= 2;
    ids = new Uint32Array(4 * places);
    marks = new Uint8Array(places);
    for (const [place, mark] of marked.entries())
      if (mark !== 0) put(placeOf(before, 4 * place), before, 4 * place, mark);
  }

  return {
    mark: (words, mark) => {
      if (size * 3 >= places * 2) grow();
      const place = placeOf(words);
      const known = marks[place] ?? 0;
      if (known === 0) {
        put(place, words, 0, mark);
        size += 1;
        return true;
      }
      marks[place] = known | mark;
      return (known & mark) === 0;
    },
    marksOf: (words) => marks[placeOf(words)] ?? 0,
    get size() {
      return size;
    },
    clear: () => {
      if (size === 0) return;
      places = SMALLEST;
      ids = new Uint32Array(4 * places);
      marks = new Uint8Array(places);
      size = 0;
    },
  };
}
