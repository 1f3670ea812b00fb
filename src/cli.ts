#!/usr/bin/env node
/** Begins with the signals, and loads the program only then. */
import './cli/stopping.ts';

await import('./cli/program.ts');
