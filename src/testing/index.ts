/** `shenji/testing`: what a source is tried with, by any test runner. */
export type { Conformance } from './conformance-spec.ts';
export { conformance, type Check } from './conformance.ts';
export { fixturesIn, type Fixture } from './fixtures.ts';
export { documentOf, memoryCache, openSource, readAll, type WrittenSettings } from './open-source.ts';
export {
  openBudget,
  sourceContext,
  standInVendor,
  type Answer,
  type Answering,
  type Call,
  type OpenBudget,
  type StandInVendor,
} from './stand-in.ts';
