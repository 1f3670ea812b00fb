/** One JSON object for each line, as Kibana's import APIs take it. */
export const ndjson = (objects: readonly unknown[]): string =>
  objects.map((object) => `${JSON.stringify(object)}\n`).join('');
