/** Names of apps, as the vendor has them. They are learned beside collection, which neither waits for them nor fails without. */
import { CollectionError } from '../../pipeline/errors.ts';
import type { SourceContext } from '../../source.ts';
import type { Lent } from '../patient-call.ts';
import { APPLICATIONS } from './apis.ts';
import type { FeishuClient, FeishuReply } from './client.ts';
import { listPages } from './paging.ts';

export type AppNames = {
  /** What was learned last. */
  readonly nameOf: (appId: string) => string | undefined;
  /** Asks the vendor in the background where that is due; returns at once and never throws. */
  refresh(context: Pick<SourceContext, 'budget' | 'log'>): void;
  /** One call, for `check`: whether names come, and else why not. Never rejects. */
  probe(lent: Lent): Promise<string>;
};

const HOUR = 3_600_000;
const REFRESH_MS = 24 * HOUR;
const RETRY_MS = HOUR;
/** For all pages, which wait for their budget. */
const LOOK_MS = 5 * 60_000;
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

/** `lang` is the language of what the vendor translates; `now` a clock in milliseconds that only goes forward. */
export function createAppNames(
  client: FeishuClient,
  lang: 'zh_cn' | 'en_us',
  now: () => number = () => performance.now(),
): AppNames {
  let names: ReadonlyMap<string, string> = new Map();
  let dueAt = -Infinity;
  /** The kind of failure that the log has been told of. */
  let said: string | undefined;

  async function ask(query: Readonly<Record<string, string>>, lent: Lent): Promise<FeishuReply> {
    const answer = await client.get(APPLICATIONS, { lang, ...query }, lent);
    if ('refusal' in answer) throw answer.refusal;
    return answer;
  }

  async function learn(lent: Lent): Promise<ReadonlyMap<string, string>> {
    const learned = new Map<string, string>();
    let pages = 0;
    for await (const { items } of listPages(APPLICATIONS, 'app_list', (page) =>
      ask({ page_size: String(PAGE_SIZE), ...page }, lent),
    )) {
      addNames(learned, items);
      pages += 1;
      if (pages >= MOST_PAGES) break;
    }
    return learned;
  }

  async function look({ budget, log }: Pick<SourceContext, 'budget' | 'log'>): Promise<void> {
    try {
      names = await learn({ budget, signal: AbortSignal.timeout(LOOK_MS) });
      said = undefined;
    } catch (error) {
      dueAt = now() + RETRY_MS;
      // Anything else is this process: it stops, or Redis is away, which others say.
      if (!(error instanceof CollectionError) || error.name === said) return;
      said = error.name;
      log.info(`${explain(error)}; asked again in an hour, unless feishu.appNames is false`);
    }
  }

  return {
    nameOf: (appId) => names.get(appId),
    refresh: (context) => {
      if (now() < dueAt) return;
      dueAt = now() + REFRESH_MS;
      void look(context);
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
