/** Which container this process is in, so that a health check can tell its own program from another one behind the same port. */
import { readlinkSync } from 'node:fs';

/** Of every answer. */
export const CONTAINER_HEADER = 'x-shenji-container';

/**
 * The same for all processes of a container, and another in each: its namespace of process ids, of which a container has one
 * of its own also where it shares the host's network and name. Containers that share that too (`pid: host`) cannot be told
 * apart. `none` on systems without.
 */
export function containerId(): string {
  try {
    return readlinkSync('/proc/self/ns/pid');
  } catch {
    return 'none';
  }
}
