/** What the conformance suite is told of a source and its vendor. */
import type { SourceDefinition } from '../sdk/definition.ts';
import type { Window } from '../sdk/source.ts';
import type { WrittenSettings } from './open-source.ts';
import type { Answer, Answering, Call } from './stand-in.ts';

/** A source, and a vendor to try it against. */
export type Conformance = {
  readonly definition: SourceDefinition;
  /** What an operator would write for a vendor at this address. */
  readonly configured: (url: string) => WrittenSettings;
  /** A vendor that serves the window, in as many pages as it likes, and nothing for other times. */
  readonly serving: Answering | { readonly url: string };
  readonly window: Window;
  /** How many records `serving` has for it. */
  readonly expectedRecords: number;
  /** The answers to calls that sign in: a vendor that fails or hangs lets these through. */
  readonly signIn?: (call: Call) => ReturnType<Answering> | undefined;
  /** How this vendor says that the credentials do not suffice, where not by HTTP 403. */
  readonly refused?: Answer;
  /** How it says "wait", where not by HTTP 429. */
  readonly waiting?: Answer;
  /** True where the vendor has values for every time, as a statistic: an empty window cannot be tried then. */
  readonly isTimeless?: boolean;
  /** Records that must go to the dead letters. */
  readonly unmappable: readonly unknown[];
};
