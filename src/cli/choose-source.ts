/** Which source of which tenant a command is about. */
import { InvalidArgumentError, type Command } from 'commander';
import { DateTime } from 'luxon';
import type { Runtime, TenantSource } from '../app/runtime.ts';
import type { Interval } from '../core/time/intervals.ts';
import { sourceDefinitions } from '../sources/index.ts';
import { UsageError } from '../core/usage-error.ts';

/** What a command about a time range of one source is asked with. */
export type SourceSpanOptions = { readonly from: string; readonly to: string; readonly tenant?: string };

/** Lets a command ask for a source and a time range of it; `chooseSource` and `spanOf` find them. */
export const withSourceSpan = (command: Command): Command =>
  command
    .argument(
      '<source>',
      `one of: ${sourceDefinitions.map(({ name }) => name).join(', ')}; or one that a plugin brings`,
    )
    .requiredOption('--from <iso>', "first instant, ISO 8601; without a zone it is the tenant's", isoTime)
    .requiredOption('--to <iso>', 'first instant after it', isoTime)
    .option('--tenant <id>', 'whose; needed where several tenants have the source');

/** @throws UsageError that names what there is. */
export function chooseSource({ sources }: Runtime, name: string, tenant: string | undefined): TenantSource {
  const ofName = sources.filter(({ definition }) => definition.name === name);
  const found = tenant === undefined ? ofName : ofName.filter((source) => source.tenant.id === tenant);
  if (found.length === 1 && found[0] !== undefined) return found[0];
  if (found.length > 1)
    throw new UsageError(
      `several tenants have ${name}; choose one with --tenant: ${ofName.map((source) => source.tenant.id).join(', ')}`,
    );
  const known = sources.map((source) => `${source.definition.name} of ${source.tenant.id}`).join(', ');
  throw new UsageError(
    `there is no ${name}${tenant === undefined ? '' : ` of ${tenant}`}; configured are: ${known}; a source from outside stands under plugins`,
  );
}

/** An option's value that must be an ISO 8601 time. */
export function isoTime(text: string): string {
  if (!DateTime.fromISO(text).isValid)
    throw new InvalidArgumentError('It must be an ISO 8601 time, for example 2026-03-01T00:00:00Z or 2026-03-01.');
  return text;
}

/** What `--from` and `--to` ask for. @throws UsageError where it ends before it begins */
export function spanOf(source: TenantSource, { from, to }: { readonly from: string; readonly to: string }): Interval {
  const span = { from: instantOf(source, from), to: instantOf(source, to) };
  if (span.from >= span.to) throw new UsageError(`--from ${from} must lie before --to ${to}`);
  return span;
}

/** Epoch milliseconds at a whole second; a time without a zone is the tenant's. */
export function instantOf({ tenant }: TenantSource, text: string): number {
  return Math.floor(DateTime.fromISO(text, { zone: tenant.timeZone }).toSeconds()) * 1_000;
}
