/** What an organisation fills into the rules: each stands in them as a value that matches nothing until then. */

export type RuleFacts = {
  /** Our own app ids at the vendor. */
  readonly ownApps: readonly string[];
  readonly adminApps: readonly string[];
  readonly nightApps: readonly string[];
  /** Apps that take much out as a matter of course: backup, search, migration. */
  readonly exportApps: readonly string[];
  /** ISO 3166 codes. */
  readonly homeCountries: readonly string[];
  /** Addresses or CIDR ranges. */
  readonly knownNetworks: readonly string[];
};

export const PLACEHOLDERS: Readonly<Record<keyof RuleFacts, string>> = {
  ownApps: '("shenji-own-apps")',
  adminApps: '("shenji-admin-apps")',
  nightApps: '("shenji-night-apps")',
  exportApps: '("shenji-export-apps")',
  homeCountries: '("shenji-home-countries")',
  // On a field of addresses only an address can stand: this one is reserved for documentation.
  knownNetworks: '("192.0.2.0/32")',
};

/** The query with the organisation's own values; those it does not have stay as they are, and match nothing. */
export function fillIn(query: string, facts: RuleFacts): string {
  return Object.entries(PLACEHOLDERS).reduce((filled, [name, placeholder]) => {
    const values = facts[name as keyof RuleFacts];
    if (values.length === 0) return filled;
    return filled.replaceAll(placeholder, `(${values.map((value) => JSON.stringify(value)).join(' or ')})`);
  }, query);
}
