/** `docs/cli.md`: every command with its options, as `--help` says it. */
import type { Argument, Command, Option } from 'commander';
import { createProgram } from '../src/cli/commands.ts';

const cell = (text: string): string => text.replaceAll('|', '\\|').replaceAll('\n', ' ');
const ticked = (text: string): string => `\`${cell(text)}\``;

function meaningOf({ description, argChoices, defaultValue, defaultValueDescription }: Option | Argument): string {
  const choices = argChoices === undefined ? '' : ` (${argChoices.join(', ')})`;
  const isPlain = typeof defaultValue === 'string' || typeof defaultValue === 'number';
  const preset = defaultValueDescription ?? (isPlain ? String(defaultValue) : undefined);
  return `${description}${choices}${preset === undefined ? '' : `; ${preset} by default`}`;
}

function section(command: Command, path: string): string {
  const help = command.createHelp();
  const rows = [
    ...help.visibleArguments(command).map((argument) => [help.argumentTerm(argument), meaningOf(argument)]),
    ...help.visibleOptions(command).filter(({ long }) => long !== '--help').map((option) => [option.flags, meaningOf(option)]),
  ]; // prettier-ignore
  const table = rows.map(([term = '', meaning = '']) => `| ${ticked(term)} | ${cell(meaning)} |`);
  return [
    `## ${path}`,
    `\`\`\`sh\n${path} ${command.usage()}\n\`\`\``,
    command.description().replaceAll('\n', '\n\n'),
    ...(table.length === 0 ? [] : [['| argument or option | means |', '| --- | --- |', ...table].join('\n')]),
  ].join('\n\n');
}

function sections(command: Command, path: string): string[] {
  return command
    .createHelp()
    .visibleCommands(command)
    .filter((child) => child.name() !== 'help')
    .flatMap((child) => [section(child, `${path} ${child.name()}`), ...sections(child, `${path} ${child.name()}`)]);
}

/** The whole page, unformatted. */
export function cliDocument(): string {
  const program = createProgram();
  const parts = [
    '# The command line',
    program.description().replaceAll('\n', '\n\n'),
    'Every command explains itself with `--help`. `source <(shenji completion bash)` (or zsh, fish) has a shell complete commands and options. This page is made from the program by `npm run generate`.',
    ...sections(program, 'shenji'),
  ];
  return `${parts.join('\n\n')}\n`;
}
