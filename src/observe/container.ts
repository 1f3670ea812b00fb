/** Which container this process is in, so that a health check can tell its own program from another one behind the same port. */
import { readlinkSync } from 'node:fs';

/** Of answers to `/healthz` and `/readyz`. */
export const CONTAINER_HEADER = 'x-shenji-container';

/**
 * The same for all processes of a container, and for no other container of a machine: its namespace of process ids, of which
 * a container has one of its own also where it shares the host's network and name. `none` on systems without.
 */
export function containerId(): string {
  try {
    return readlinkSync('/proc/self/ns/pid');
  } catch {
    return 'none';
  }
}
