/** Checks of what the configured credentials may do in Elasticsearch: enough, and no more. */
import { grantedPrivileges, missingPrivileges } from '../../adapters/elasticsearch/privileges.ts';
import { forbiddenOf, rolesOf, type RoleName } from '../../adapters/elasticsearch/roles.ts';
import type { Runtime } from '../runtime.ts';
import { fault, ok, warning } from './outcome.ts';
import type { Outcome } from './run-check.ts';

/** As `missingPrivileges` says it: who has this is meant for setup. */
const CHANGE_TEMPLATES = 'cluster: manage_index_templates';

/** Where the right body of a role is: the files that come with shenji know its own sources alone. */
const bodyOf = (role: RoleName, { plugins }: Runtime['config']): string =>
  plugins.length === 0 ? `deploy/elasticsearch/${role}.json` : `what "shenji roles ${role}" prints`;

const lacking = (role: RoleName, missing: readonly string[], config: Runtime['config']): Outcome =>
  fault(`missing of the ${role} role: ${missing.join('; ')}; grant ${bodyOf(role, config)}`);

/** Of credentials that have all of the writer role. */
async function mayErase({ elasticsearch: client, config, definitions }: Runtime): Promise<Outcome> {
  const erasing = (await grantedPrivileges(client, forbiddenOf(definitions).writer, config.namespace)) ?? [];
  if (erasing.length === 0) return ok('all of the writer role');
  return warning(
    `more than the writer role: they may erase events or their evidence (${erasing.join('; ')}); grant only ${bodyOf('writer', config)}`,
  );
}

/** Of the credentials of `elasticsearch.repair`. */
export async function repairPrivileges({ repairing: client, config, definitions }: Runtime): Promise<Outcome> {
  if (client === undefined)
    return ok('no elasticsearch.repair here: who has this configuration takes nothing away that rollovers leave twice');
  const missing = await missingPrivileges(client, rolesOf(definitions).repair, config.namespace);
  if (missing === undefined) return ok('nothing is needed where Elasticsearch has no security');
  if (missing.length > 0) return lacking('repair', missing, config);
  const erasing = (await grantedPrivileges(client, forbiddenOf(definitions).repair, config.namespace)) ?? [];
  if (erasing.length === 0) return ok('all of the repair role');
  return warning(
    `more than the repair role: they may do more than take copies away (${erasing.join('; ')}); grant only ${bodyOf('repair', config)}`,
  );
}

/** `check` is run with the setup user's credentials too, which do for setup, and are too much for what runs on. */
export async function privileges(runtime: Runtime): Promise<Outcome> {
  const { elasticsearch, config, definitions } = runtime;
  const roles = rolesOf(definitions);
  const [writer, setup] = await Promise.all(
    [roles.writer, roles.setup].map((role) => missingPrivileges(elasticsearch, role, config.namespace)),
  );
  if (writer === undefined || setup === undefined)
    return warning('Elasticsearch has no security: anybody who reaches it may read and change all');
  if (setup.length === 0)
    return warning(
      `all of the setup role, which is for shenji setup alone; give scheduler and workers only ${bodyOf('writer', config)}`,
    );
  if (writer.length === 0 && !setup.includes(CHANGE_TEMPLATES))
    return warning(`more than the writer role: they may change templates; grant only ${bodyOf('writer', config)}`);
  if (writer.length === 0) return mayErase(runtime);
  return setup.includes(CHANGE_TEMPLATES) ? lacking('writer', writer, config) : lacking('setup', setup, config);
}
