#!/usr/bin/env node
/** Begins with the version of Node and the signals, and loads the program only then. */
import './cli/node-version.ts';
import './cli/stopping.ts';

await import('./cli/program.ts');
