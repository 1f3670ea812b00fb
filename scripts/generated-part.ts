/** Parts of a page that `npm run generate` writes, between two comments. */

/** @throws RangeError where the document has no place for the part */
export function withGeneratedPart(document: string, name: string, content: string): string {
  const [first, last] = [`<!-- ${name}: made by "npm run generate" -->`, `<!-- end of ${name} -->`];
  const [begin, end] = [document.indexOf(first), document.indexOf(last)];
  if (begin < 0 || end < begin) throw new RangeError(`the document needs the lines ${first} and ${last}`);
  return `${document.slice(0, begin)}${first}\n\n${content}\n\n${document.slice(end)}`;
}
