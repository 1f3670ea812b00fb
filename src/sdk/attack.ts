/** MITRE ATT&CK, as a detection rule names it. */
import type { Threat } from './kibana.ts';

const TACTICS = {
  initialAccess: ['TA0001', 'Initial Access', 'initial-access'],
  persistence: ['TA0003', 'Persistence', 'persistence'],
  privilegeEscalation: ['TA0004', 'Privilege Escalation', 'privilege-escalation'],
  defenseEvasion: ['TA0005', 'Defense Evasion', 'defense-evasion'],
  credentialAccess: ['TA0006', 'Credential Access', 'credential-access'],
  discovery: ['TA0007', 'Discovery', 'discovery'],
  collection: ['TA0009', 'Collection', 'collection'],
  exfiltration: ['TA0010', 'Exfiltration', 'exfiltration'],
} as const;

/** `technique`: `T1562.008`, or without a part; `name`: `Impair Defenses: Disable or Modify Cloud Logs`, of both. */
export function attack(tactic: keyof typeof TACTICS, technique: string, name: string): readonly Threat[] {
  const [id, tacticName] = TACTICS[tactic];
  const path = technique.replace('.', '/');
  const [parent = '', sub] = technique.split('.');
  const [parentName = '', subName] = name.split(': ');
  const reference = (part: string): string => `https://attack.mitre.org/techniques/${part}/`;
  return [
    {
      framework: 'MITRE ATT&CK',
      tactic: { id, name: tacticName, reference: `https://attack.mitre.org/tactics/${id}/` },
      technique: [
        {
          id: parent,
          name: parentName,
          reference: reference(parent),
          ...(sub === undefined
            ? {}
            : { subtechnique: [{ id: technique, name: subName ?? parentName, reference: reference(path) }] }),
        },
      ],
    },
  ];
}
