/** Users of a real Elasticsearch with security on, each with the role of its name, and a superuser `admin`. */
import { createHash } from 'node:crypto';
import { stringify } from 'yaml';
import type { Role } from '../../src/adapters/elasticsearch/roles.ts';

export const PASSWORD = 'a-password-for-tests';
export const ADMIN = `Basic ${Buffer.from(`admin:${PASSWORD}`).toString('base64')}`;

export const SECURITY = { 'xpack.security.enabled': true, 'xpack.security.autoconfiguration.enabled': false };

/** The files of Elasticsearch's configuration that make them. */
export function userFiles(roles: Readonly<Record<string, Role>>): Record<string, string> {
  const users = ['admin', ...Object.keys(roles)];
  const hash = `{SHA}${createHash('sha1').update(PASSWORD).digest('base64')}`;
  return {
    'roles.yml': stringify(roles, { aliasDuplicateObjects: false }),
    users: users.map((user) => `${user}:${hash}\n`).join(''),
    users_roles: users.map((user) => `${user === 'admin' ? 'superuser' : user}:${user}\n`).join(''),
  };
}
