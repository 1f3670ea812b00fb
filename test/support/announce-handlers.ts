/** Loaded before the program (`--import`): says on stderr that SIGTERM has a handler, as soon as it has. */
process.on('newListener', (event) => {
  if (event === 'SIGTERM') process.nextTick(() => void process.stderr.write('SIGTERM is handled\n'));
});
