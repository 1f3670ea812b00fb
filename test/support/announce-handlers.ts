/**
 * Loaded before the program (`--import`): says on stderr that SIGTERM has a handler, as soon as it has; with
 * STOPPED_AT_ONCE it sends itself one in that moment, before anything else of the program is loaded.
 */
process.on('newListener', (event) => {
  if (event !== 'SIGTERM') return;
  process.nextTick(() => {
    process.stderr.write('SIGTERM is handled\n');
    if (process.env['STOPPED_AT_ONCE'] === '1') process.kill(process.pid, 'SIGTERM');
  });
});
