/** What a source brings besides its contract: settings, mapping and data stream. One line in `index.ts` makes it known. */
import type { z } from 'zod';
import type { Source, SourceName } from './source.ts';
import type { Geo } from './geo.ts';
import type { VendorHttp } from './http.ts';
import type { CallContext } from './patient-call.ts';

/** A field of the index mapping, beside those that ECS defines. */
export type FieldMapping = { readonly type: string; readonly description: string; readonly [option: string]: unknown };

export type DataStreamDefinition = {
  readonly type: 'logs' | 'metrics';
  /** ECS fields that this source fills; their types come from the ECS package. */
  readonly ecsFields: readonly string[];
  /** Fields of our own, by dotted name. */
  readonly fields: Readonly<Record<string, FieldMapping>>;
};

/** The tenant that a source is made for. */
export type SourceTenant = { readonly id: string; readonly timeZone: string };

/** What outlives the process: it may be gone at any time, and both calls wait as long as Redis is away. No secrets. */
export type SourceCache = {
  get(key: string): Promise<string | undefined>;
  set(key: string, value: string, lifeMs: number): Promise<void>;
};

export type SourceHelpers = { readonly http: VendorHttp; readonly geo: Geo; readonly cache: SourceCache };

/**
 * One real call: answers that credentials and scopes suffice, with the vendor's clock where its answer had one; throws
 * the errors of `sdk/errors.ts` where they do not.
 */
export type Probe = (context: CallContext) => Promise<{ readonly says: string; readonly vendorTime: Date | undefined }>;

export type SourceInstance = {
  readonly source: Source;
  /** Where a live stream begins that is opened at `now`; both in epoch milliseconds. */
  readonly since: (now: number) => number;
  /** A lag beyond this is a fault, in milliseconds. */
  readonly maxLagMs: number;
  /** Who asks: several where each has the vendor's limit to itself. */
  readonly apps: readonly string[];
  /** What its vendor lets all of them ask in a minute. */
  readonly callsPerMinute: number;
  /** Records in one answer, at most. */
  readonly recordsPerCall: number;
  /** What an operator can do where it needs more calls: a part of a sentence. */
  readonly moreCalls: string;
  readonly keepOriginal: boolean;
  readonly probe: Probe;
};

/** The part of the configuration that a vendor's sources share, under the vendor's name. */
export type VendorDefinition<Shape extends z.ZodRawShape = z.ZodRawShape> = {
  readonly name: string;
  readonly shape: Shape;
  /** What must hold between settings, told at `path` where it does not; also of settings that are wrong by themselves. */
  readonly conditions?: readonly Condition[];
};

export type Condition = {
  readonly holds: (settings: Readonly<Record<string, unknown>>) => boolean;
  readonly path: readonly [string, ...string[]];
  readonly message: string;
};

export type SourceDefinition = {
  readonly name: SourceName;
  readonly vendor: VendorDefinition;
  /** The settings under `<vendor>.<dataset>`. */
  readonly settings: z.ZodType;
  readonly dataStream: DataStreamDefinition;
  /** The value of `tenants[].<vendor>`, as the schemas above have checked it. */
  create(vendorSettings: unknown, tenant: SourceTenant, helpers: SourceHelpers): SourceInstance;
};
