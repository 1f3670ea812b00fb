/** `roles`: what each part of shenji needs of Elasticsearch, with the data streams of plugins too. */
import { Argument, type Command } from 'commander';
import { ROLE_NAMES, rolesOf, type RoleName } from '../adapters/elasticsearch/roles.ts';
import { environment } from '../config/environment.ts';
import { loadConfig } from '../config/load.ts';
import { printJson } from './terminal.ts';
import { withConfigOption, type CommonOptions } from './with-runtime.ts';

export function registerRoles(program: Command): void {
  withConfigOption(program.command('roles').summary('the roles that Elasticsearch has to grant'))
    .description(
      'Prints the body of a role, as "PUT _security/role/<name>" takes it: the least that this part of shenji needs, for the sources of this configuration, those of its plugins too. It covers every namespace; narrow the last * of each name where tenants of one cluster must not see each other. Reaches for no server.',
    )
    .addArgument(
      new Argument('<role>', 'whose: of scheduler and workers, of setup, of repair, of analysts').choices(ROLE_NAMES),
    )
    .addHelpText(
      'after',
      '\nExample:\n  shenji roles writer --config shenji.yml | curl -H "content-type: application/json" -X PUT "$ES/_security/role/shenji_writer" -d @-',
    )
    .action((role: RoleName, options: CommonOptions) =>
      printJson(rolesOf(loadConfig(options.config, environment).definitions)[role]),
    );
}
