/** What a reviewed API has to do with who is who and who may do what: ECS' category `iam`. */

/** An account, a group of accounts, or rights and what the directory is made of. */
export type Identity = 'user' | 'group' | 'other';

/** A chat is a `group` that is none of the directory, and a line of an HR system may be anything: the table marks those that are. */
const OF_TOUCHED: Readonly<Record<string, Identity>> = {
  // A word that every object has names nothing.
  __proto__: null as never,
  user: 'user',
  department: 'group',
  role: 'group',
  permission: 'other',
  directory: 'other',
};

/**
 * By what an API touches, unless its line is marked `identity:user`, `identity:group` or `identity:none`; power is always
 * about rights.
 */
export function identityOf(touches: string, mark: string | undefined, givesPower: boolean): Identity | undefined {
  if (mark === 'user' || mark === 'group') return mark;
  const found = mark === 'none' ? undefined : OF_TOUCHED[touches];
  return found ?? (givesPower ? 'other' : undefined);
}
