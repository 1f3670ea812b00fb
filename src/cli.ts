#!/usr/bin/env node
/** Begins with the signals, and loads the program only then. */
import './commands/stopping.ts';

await import('./commands/program.ts');
