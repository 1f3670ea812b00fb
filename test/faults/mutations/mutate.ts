/** Switches a law off in a process under test, by changing a line of source as it is loaded. Fails loudly where the line is gone. */
import { registerHooks } from 'node:module';

export function mutate(file: string, from: string, to: string): void {
  registerHooks({
    load: (url, context, next) => {
      const loaded = next(url, context);
      if (!url.endsWith(file)) return loaded;
      const source = Buffer.from(loaded.source as Uint8Array).toString();
      if (!source.includes(from)) throw new Error(`the mutation of ${file} finds no "${from}"`);
      return { ...loaded, source: source.replace(from, to) };
    },
  });
}
