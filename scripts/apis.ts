/** `docs/apis.md`: what is said of each API of Feishu, from the reviewed table that documents are mapped by. */
import { everyApi, type CataloguedApi } from '../src/sources/feishu/catalogue.ts';

const WORDS = { read: 'reads', create: 'creates', change: 'changes', delete: 'deletes' } as const;
const IAM = { user: '`iam` user', group: '`iam` group', other: '`iam`' } as const;

function marksOf({ givesPower, takesOut, isCredential, isAudit, identity }: CataloguedApi): string {
  return [
    ...(givesPower ? ['**power**'] : []),
    ...(isCredential ? ['**credential**'] : []),
    ...(isAudit ? ['**audit**'] : []),
    ...(takesOut === undefined ? [] : [`out: ${takesOut}`]),
    ...(identity === undefined ? [] : [IAM[identity]]),
  ].join(', ');
}

const introduction = (apis: number): string => `# What is known of each API of Feishu

The ${apis.toLocaleString('en')} calls in the vendor's SDK, reviewed one by one. What stands here is what the documents say (docs/fields.md) and what rules, searches and dashboards go by. This page is made from \`src/sources/feishu/api-catalogue.ts\` (\`npm run generate\`): whoever knows better changes the line there.

| here | in a document | means |
| --- | --- | --- |
| does | \`event.type\`: \`access\`, \`creation\`, \`change\`, \`deletion\` | what the call does, whatever its method is: many POSTs only read |
| touches | \`feishu.openapi_audit.api.touches\` | what it reads or changes. \`group\` is a chat or a group of the directory, \`auth\` a token or session, \`directory\` what the directory is made of beside people, departments and groups, \`other\` none of the words |
| **power** | \`api.gives_power\`, \`event.type: "admin"\` | gives a person, a group, an app or the public rights or access that they did not have. Guests of a chat, a task or a meeting are everyday work and none |
| **credential** | \`api.credential\` | issues, resets or hands out a secret; an app that gets its own token too |
| **audit** | \`api.audit\` | reads or changes what records others |
| out | \`api.takes_out\` | what leaves with one call: one \`item\`, a \`list\`, or a \`file\` (a document's whole text is one). Each such call has a \`feishu.openapi_audit.request\`, the same for the same request |
| \`iam\` | \`event.category: "iam"\`, \`event.type\` \`user\` or \`group\` | is about accounts, groups of the directory, or rights |

An API that is not here came after this version, or is one that the SDK does not have. Its documents have \`feishu.openapi_audit.api.reviewed: false\`; what it does, whether it gives power, and whether it is about accounts is guessed from method and path, and nothing is said of what it takes out. No call is lost by it, but rules may miss or mistake it. Such calls are counted (\`shenji_unreviewed_records_total\`), each such API is named once in a worker's log, and the overview dashboard lists them. Update shenji; where the newest does not know the API either, report it.`;

/** One table for each family, in the order of the source. */
export function apisDocument(): string {
  const families = Map.groupBy(everyApi(), ({ path }) => path.slice(0, path.indexOf('/')));
  const tables = [...families].map(([family, apis]) => {
    const rows = apis.map(({ method, path, api }) => `|${method} ${path}|${WORDS[api.action]}|${api.touches}|${marksOf(api)}|`); // prettier-ignore
    return `## ${family}\n\n${['|API|does|touches|marks|', '|-|-|-|-|', ...rows].join('\n')}`;
  });
  return `${[introduction(everyApi().length), ...tables].join('\n\n')}\n`;
}
