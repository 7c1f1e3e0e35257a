import { authenticationOf, readConfig, shownOf, type Environment } from '../runtime/config.ts';
import { Failure } from '../runtime/failure.ts';
import { nameOf, settings } from '../runtime/settings.ts';
import { originOf, strangersIn, type Places } from '../runtime/settings/origin.ts';
import { parsedArguments } from '../runtime/terminal/arguments.ts';
import { exitCodeOf, type Terminal } from '../runtime/terminal/terminal.ts';

export interface ConfigTerminal extends Pick<Terminal, 'out' | 'err'> {
  readonly places: () => Places;
}

const help = `npm run config -- print [--json]: the settings that count, each with where it comes from, and no secret.
npm run config -- check [--development]: whether a process would start with them.

Settings come from the environment, below it from the file .env. A secret X may be in a file that X_FILE names.
Names in .env that are no settings are told by both; "check" does not pass with them.

Exit code: 0, or 1 where something is wrong.
`;

const known = Object.entries(settings).map(([key, one]) => ({ name: nameOf(key), secret: 'secret' in one }));

/** `npm run config`, as a function that gives the exit code. */
export function runConfig(given: readonly string[], { out, err, places }: ConfigTerminal): Promise<number> {
  return exitCodeOf(() => {
    const { values, positionals } = parsedArguments({
      args: [...given],
      allowPositionals: true,
      options: {
        json: { type: 'boolean', default: false },
        development: { type: 'boolean', default: false },
        help: { type: 'boolean', default: false },
      },
    });
    const [command] = positionals;
    if (values.help) {
      out.write(help);
      return Promise.resolve(0);
    }
    if (positionals.length !== 1 || (command !== 'print' && command !== 'check'))
      throw new Failure('BAD_USER_INPUT', 'Say "print" or "check"; --help shows what there is.');
    const found = places();
    const environment: Environment = { ...found.file, ...found.environment };
    const config = readConfig(environment, { development: values.development });
    const strangers = strangersIn(found.file, known);
    if (strangers.length > 0) err.write(`In .env these are no settings: ${strangers.join(', ')}.\n`);
    if (command === 'print') {
      const shown = shownOf(config).map((one) => ({ ...one, from: originOf(one.name, found) }));
      const lines = shown.map(({ name, value, from }) => `${name}=${value}  # ${from}\n`);
      out.write(values.json ? `${JSON.stringify(shown, null, 2)}\n` : lines.join(''));
      return Promise.resolve(0);
    }
    if (config.roles.has('gateway')) authenticationOf(config);
    if (strangers.length === 0) out.write('A process would start with these settings.\n');
    return Promise.resolve(strangers.length === 0 ? 0 : 1);
  }, err);
}
