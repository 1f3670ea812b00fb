/**
 * Names of apps, as the vendor has them. They are learned beside collection, which neither waits for them nor fails
 * without, and kept in Redis, so that a process begins with those that one before it has learned.
 */
import { CollectionError } from '../../sdk/errors.ts';
import type { SourceContext } from '../../sdk/source.ts';
import type { SourceCache } from '../../sdk/definition.ts';
import type { CallContext } from '../../sdk/call-with-retry.ts';
import { APPLICATIONS } from './apis.ts';
import type { FeishuClient, FeishuReply } from './client.ts';
import { listPages } from './paging.ts';

export type AppNames = {
  /** What was learned last. */
  readonly nameOf: (appId: string) => string | undefined;
  /** Asks the vendor in the background where that is due; returns at once and never throws. */
  refresh(context: Pick<SourceContext, 'budget' | 'log'>): void;
  /** One call, for `check`: whether names come, and else why not. Never rejects. */
  probe(context: CallContext): Promise<string>;
};

const HOUR = 3_600_000;
const REFRESH_MS = 24 * HOUR;
const RETRY_MS = HOUR;
/** So long names are kept that nobody learns anew. */
const CACHED_MS = 7 * 24 * HOUR;
/** For all pages, which wait for their budget. */
const LEARN_MS = 5 * 60_000;
/** `check` gives up on its whole line after ten seconds. */
const PROBE_MS = 5_000;
const PAGE_SIZE = 50;
/** Ten thousand apps: what is held in memory has an end. */
const MOST_PAGES = 200;

type Application = { readonly app_id?: unknown; readonly app_name?: unknown };

function addNames(names: Map<string, string>, items: readonly unknown[]): void {
  for (const item of items) {
    const { app_id: id, app_name: name } = (item ?? {}) as Application;
    if (typeof id === 'string' && typeof name === 'string' && name !== '') names.set(id, name.toWellFormed());
  }
}

const explain = ({ message }: Error): string =>
  `names of apps do not come, so what "apps" does not name goes by its id: ${message}`;

export type AppNamesOptions = {
  /** Of what the vendor translates. */
  readonly lang: 'zh_cn' | 'en_us';
  /** Where the names outlive the process, and under which key. */
  readonly cache: SourceCache;
  readonly key: string;
  /** A clock in milliseconds that only goes forward. */
  readonly now?: () => number;
};

// oxlint-disable-next-line max-lines-per-function -- what was learned is shared by its four methods
export function createAppNames(
  client: FeishuClient,
  { lang, cache, key, now = () => performance.now() }: AppNamesOptions,
): AppNames {
  let names: ReadonlyMap<string, string> | undefined;
  let dueAt = -Infinity;
  let isRecalled = false;
  /** The kind of failure that the log has been told of. */
  let said: string | undefined;

  async function ask(query: Readonly<Record<string, string>>, context: CallContext): Promise<FeishuReply> {
    const answer = await client.get(APPLICATIONS, { lang, ...query }, context);
    if ('refusal' in answer) throw answer.refusal;
    return answer;
  }

  async function learn(context: CallContext): Promise<ReadonlyMap<string, string>> {
    const learned = new Map<string, string>();
    let pages = 0;
    for await (const { items } of listPages(APPLICATIONS, 'app_list', (page) =>
      ask({ page_size: String(PAGE_SIZE), ...page }, context),
    )) {
      addNames(learned, items);
      pages += 1;
      if (pages >= MOST_PAGES) break;
    }
    return learned;
  }

  /** Beside the question to the vendor, whose answer has the last word. */
  async function recall(): Promise<void> {
    const known = await cache.get(key);
    if (known !== undefined) names ??= new Map(JSON.parse(known) as [string, string][]);
  }

  async function relearn({ budget, log }: Pick<SourceContext, 'budget' | 'log'>): Promise<void> {
    try {
      const learned = await learn({ budget, signal: AbortSignal.timeout(LEARN_MS) });
      names = learned;
      said = undefined;
      // What Redis does not take is learned again by the next process.
      void cache.set(key, JSON.stringify([...learned]), CACHED_MS).catch(() => undefined);
    } catch (error) {
      dueAt = now() + RETRY_MS;
      // Anything else is this process: it stops, it ran out of time, or Redis is away, which others say.
      if (!(error instanceof CollectionError) || error.name === said) return;
      said = error.name;
      log.info(`${explain(error)}; asked again in an hour, unless feishu.appNames is false`);
    }
  }

  return {
    nameOf: (appId) => names?.get(appId),
    refresh: (context) => {
      if (now() < dueAt) return;
      dueAt = now() + REFRESH_MS;
      if (!isRecalled) void recall().catch(() => undefined);
      isRecalled = true;
      void relearn(context);
    },
    probe: async ({ budget, signal }) => {
      try {
        await ask({ page_size: '1' }, { budget, signal: AbortSignal.any([signal, AbortSignal.timeout(PROBE_MS)]) });
        return 'names of apps come too';
      } catch (error) {
        return explain(error as Error);
      }
    },
  };
}
