/** Made by "npm run generate". The version of each rule that comes with shenji, what it says, and the release that this version is for. */
export type RuleVersion = { readonly version: number; readonly hash: string; readonly release: string };

export const VERSIONS: Readonly<Record<string, RuleVersion>> = {
  'app-credential-changed': { version: 1, hash: '9eeaee4494436440', release: '0.1.0' },
  'audit-log-read': { version: 1, hash: '0fc275bd38ff629c', release: '0.1.0' },
  'collection-blind': { version: 1, hash: '15a612c74b3fcb6b', release: '0.1.0' },
  'collection-failed': { version: 1, hash: 'd42bf46d268f9896', release: '0.1.0' },
  'failing-calls': { version: 1, hash: '00103984ea1712dc', release: '0.1.0' },
  'first-high-risk-call': { version: 1, hash: 'bed9d58a57112621', release: '0.1.0' },
  'mass-export': { version: 1, hash: '77986caab6725a5e', release: '0.1.0' },
  'new-address': { version: 1, hash: '0b258e01a6bb32e1', release: '0.1.0' },
  'new-country': { version: 1, hash: 'd5f5ebbf03396d3d', release: '0.1.0' },
  'power-granted': { version: 1, hash: '47eee9dc296910c9', release: '0.1.0' },
  'public-sharing': { version: 1, hash: 'b972bea87a921862', release: '0.1.0' },
  'scope-granted-then-used': { version: 1, hash: 'b4e8dde530a99447', release: '0.1.0' },
  'scope-probing': { version: 1, hash: '52bc1a9feb5e5f0a', release: '0.1.0' },
  'secret-refused-then-accepted': { version: 1, hash: 'f924349d608221a1', release: '0.1.0' },
  'secret-reset-then-new-network': { version: 1, hash: 'dbfd3278ce93f5fd', release: '0.1.0' },
  'sensitive-off-hours': { version: 1, hash: 'ceb8ccc863ceead2', release: '0.1.0' },
  'slow-export': { version: 1, hash: '80605396f166bef9', release: '0.1.0' },
  'token-brute-force': { version: 1, hash: '56b46a414ad0a1e0', release: '0.1.0' },
  'user-made-admin': { version: 1, hash: 'd38667b1a2dab221', release: '0.1.0' },
};
