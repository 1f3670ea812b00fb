/** Law 8 off: the local clock decides when a window is over. */
import { mutate } from './mutate.ts';

mutate('src/core/collecting/vendor-clock.ts', 'if (ahead <= 0) return;', 'if (ahead <= 0 || ahead > 0) return;');
