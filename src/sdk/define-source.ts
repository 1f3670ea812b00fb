/** Makes of what an author wrote what shenji works with, or says all that is wrong with it. */
import { z } from 'zod';
import type { Collection, CollectionSettings } from './collection.ts';
import {
  datasetOf,
  type Output,
  type SourceDefinition,
  type SourceHelpers,
  type SourceInstance,
  type SourceParts,
  type SourceSpec,
  type SourceTenant,
} from './definition.ts';
import { beginningOf, withConditions } from './settings.ts';
import { messageOf, PermanentError, RetryableError } from './errors.ts';
import type { Page, Question, Source } from './source.ts';

const NO_KEYS: ReadonlySet<string> = new Set();
const VENDOR = /^[a-z][a-z0-9]*$/;
const SOURCE = /^[a-z][a-z0-9]*\.[a-z][a-z0-9_]*$/;
/** Keys of a tenant, and the data streams that shenji writes for itself. */
const RESERVED: ReadonlySet<string> = new Set([
  'id',
  'name',
  'shenji',
  ...Object.getOwnPropertyNames(Object.prototype),
]);
/** Fields that shenji writes, and others go by. */
const OWN_FIELDS = /^(?:shenji|event|data_stream|ecs|organization|observer)\./;

const narrowedBy = (question: SourceParts<unknown>['question'] = {}): Question =>
  Object.fromEntries(
    Object.entries(question).flatMap(([field, values]) => (values === undefined ? [] : [[field, values] as const])),
  );

/** As redaction compares names: whoever writes `hashed_token` means `hashedToken` too. */
function normalising<Raw>(plainKeys: SourceParts<Raw>['plainKeys']): (raw: Raw) => ReadonlySet<string> {
  if (plainKeys === undefined) return () => NO_KEYS;
  const known = new WeakMap<ReadonlySet<string>, ReadonlySet<string>>();
  return (raw) => {
    const given = plainKeys(raw);
    const before = known.get(given);
    if (before !== undefined) return before;
    const normal = new Set([...given].map((key) => key.toLowerCase().replaceAll(/[_-]/g, '')));
    known.set(given, normal);
    return normal;
  };
}

/** What a source throws is an Error for whoever catches it. */
const rethrown =
  (name: string, vendor: string) =>
  (thrown: unknown): never => {
    throw thrown instanceof Error ? thrown : new RetryableError(`${name}: ${messageOf(thrown)}`, { vendor });
  };

/** @throws PermanentError for what is no moment: windows would be judged by it */
function clockOf(name: string, vendorTime: unknown): Date | undefined {
  if (vendorTime === undefined || (vendorTime instanceof Date && !Number.isNaN(vendorTime.getTime())))
    return vendorTime;
  throw new PermanentError(
    `${name} gives ${JSON.stringify(vendorTime)} as vendorTime: it must be the Date of the answer, or undefined`,
  );
}

/** Its pages, each held to the contract. */
async function* held<Raw>(
  name: string,
  vendor: string,
  pages: () => AsyncIterable<Page<Raw>>,
): AsyncGenerator<Page<Raw>> {
  try {
    for await (const page of pages()) {
      if (!Array.isArray(page?.records)) throw new PermanentError(`${name} yields a page without a list of records`);
      clockOf(name, page.vendorTime);
      yield page;
    }
  } catch (thrown) {
    rethrown(name, vendor)(thrown);
  }
}

type Declared = Pick<SourceDefinition, 'name' | 'vendor' | 'dataStream' | 'rules'> & {
  readonly collection: Collection;
  readonly settings: z.ZodRawShape;
};

function namingFaults({ name, vendor }: Declared): string[] {
  const isVendor = VENDOR.test(vendor.name) && !RESERVED.has(vendor.name);
  const isSource = SOURCE.test(name) && name.startsWith(`${vendor.name}.`);
  return [
    ...(isVendor ? [] : [`vendor.name "${vendor.name}" must be lower-case letters and digits, and not id, name, shenji or what every object has`]),
    ...(isSource ? [] : [`name "${name}" must be ${vendor.name}.<dataset>, the dataset of lower-case letters, digits and _`]),
  ]; // prettier-ignore
}

function settingFaults({ name, vendor, collection, settings }: Declared): string[] {
  const undescribed = [
    ...Object.entries(vendor.settings).map(([key, schema]) => [`vendor.settings.${key}`, schema] as const),
    ...Object.entries(settings).map(([key, schema]) => [`settings.${key}`, schema] as const),
  ].filter(([, schema]) => (schema as z.ZodType).description === undefined);
  const dataset = datasetOf({ name, vendor });
  return [
    ...undescribed.map(([at]) => `${at} needs .describe(…): the page of settings is made of it`),
    ...Object.keys(settings).filter((key) => key in collection.settings).map((key) => `settings.${key} is a setting of the collection already; give it another name`),
    ...(dataset in vendor.settings ? [`vendor.settings.${dataset} stands where the settings of ${name} stand; give it another name`] : []),
    ...Object.keys(vendor.env ?? {}).filter((key) => !(key in vendor.settings)).map((key) => `vendor.env.${key} is no setting of the vendor`),
  ]; // prettier-ignore
}

function contentFaults({ name, dataStream, rules }: Declared): string[] {
  const keys = rules.map(({ key }) => key);
  return [
    ...Object.keys(dataStream.fields).filter((field) => !field.includes('.')).map((field) => `dataStream.fields: "${field}" needs a dotted name, for example ${name}.${field}`),
    ...Object.keys(dataStream.fields).filter((field) => OWN_FIELDS.test(field)).map((field) => `dataStream.fields: "${field}" is not yours to map; name it ${name}.…, or list it in ecsFields`),
    ...keys.filter((key, at) => keys.indexOf(key) !== at).map((key) => `rules: the key "${key}" is there twice`),
  ]; // prettier-ignore
}

/** Those that this copy of shenji has made: another copy has errors and budgets of its own. */
const defined = new WeakSet<object>();
/** The same name in every copy. */
const BRAND = Symbol.for('shenji.source');

/** `foreign`: made by another copy of shenji; `none`: by no `defineSource` at all. */
export function originOf(value: unknown): 'ours' | 'foreign' | 'none' {
  if (typeof value !== 'object' || value === null) return 'none';
  if (defined.has(value)) return 'ours';
  return BRAND in value ? 'foreign' : 'none';
}

/** @throws TypeError naming everything that is wrong with the names, settings, fields and rules of the definition */
export function defineSource<
  Vendor extends z.ZodRawShape,
  Own extends z.ZodRawShape,
  Common extends z.ZodRawShape,
  Raw,
>(spec: SourceSpec<Vendor, Own, Common, Raw>): SourceDefinition {
  const { name, vendor, collection, settings, dataStream, example, rules = [], dashboards, create } = spec;
  const declared = { name, vendor, collection, settings, dataStream, rules };
  const faults = [namingFaults, settingFaults, contentFaults].flatMap((faultsOf) => faultsOf(declared));
  if (faults.length > 0) throw new TypeError(`the source ${name}: ${faults.join('; ')}`);

  function open(section: unknown, tenant: SourceTenant, helpers: SourceHelpers): SourceInstance {
    // The one place that takes the configuration at its word: it was checked by the schemas of this definition.
    const { [datasetOf({ name, vendor })]: own, ...shared } = section as Record<string, unknown>;
    const common = own as Output<Own> & Output<Common> & CollectionSettings;
    const parts = create({ vendor: shared as Output<Vendor>, settings: common, tenant, ...helpers });
    const { asker, readings } = parts;
    const source: Source<Raw> = {
      name,
      cadence: collection.cadenceOf(common, tenant.timeZone),
      passesShareRecords: readings === undefined,
      readings,
      question: narrowedBy(parts.question),
      asker,
      plainKeys: normalising(parts.plainKeys),
      fetchPages: (window, context) => held(name, vendor.name, () => parts.fetchPages(window, context)),
      idOf: parts.idOf,
      timeOf: parts.timeOf,
      toDocument: parts.toDocument,
      unreviewed: parts.unreviewed ?? (() => undefined),
    };
    return {
      source,
      since: (now) => beginningOf(common.since, tenant.timeZone, now),
      maxLagMs: common.maxLag,
      silenceMs: common.silence,
      apps: parts.apps ?? [asker.app],
      callsPerMinute: parts.callsPerMinute,
      recordsPerCall: parts.recordsPerCall ?? Infinity,
      moreCalls: parts.moreCalls ?? `ask ${vendor.name} for a higher limit`,
      keepOriginal: common.original,
      probe: async (context) => {
        const { message, vendorTime } = await parts.probe(context).catch(rethrown(name, vendor.name));
        return { message, vendorTime: clockOf(name, vendorTime) };
      },
    };
  }

  const definition = {
    [BRAND]: true,
    name,
    vendor,
    settings: withConditions(z.strictObject({ ...collection.settings, ...settings }), collection.conditions),
    isDaily: collection.isDaily,
    dataStream,
    example,
    rules,
    dashboards,
    open,
  };
  defined.add(definition);
  return definition;
}
