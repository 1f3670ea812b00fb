/** Runs the command line, and says by its exit code how that went. */
import { CommanderError } from 'commander';
import { createProgram } from './commands.ts';
import { exitCodeOf, Interrupted, stopRequested } from './stopping.ts';
import { tell } from './terminal.ts';
import { UsageError } from '../core/usage-error.ts';
import { redactTokens } from '../sdk/token-shapes.ts';

/** What a shell makes of a process that wrote to a reader who had left (128 + SIGPIPE): never 0, which may be a verdict. */
const BROKEN_PIPE = 141;

// As in "shenji rules preview | head": whoever reads has enough.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code === 'EPIPE') process.exit(BROKEN_PIPE);
  throw error;
});
// Nobody reads what is said beside the work: a log collector that restarts. The work goes on.
process.stderr.on('error', () => {});

try {
  await createProgram().parseAsync();
  // Asked to end: nothing that still waits for a server may hold the process.
  if (stopRequested()) process.exit();
} catch (error) {
  if (error instanceof CommanderError) process.exitCode = error.exitCode === 0 ? 0 : 2;
  else if (error instanceof Interrupted) process.exit(exitCodeOf(error.signal));
  else {
    tell(redactTokens((error as Error).message));
    process.exitCode = error instanceof UsageError ? 2 : 1;
  }
}
