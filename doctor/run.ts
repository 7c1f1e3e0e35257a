import { authenticationOf, type Config } from '../runtime/config.ts';
import { Failure } from '../runtime/failure.ts';
import { parsedArguments } from '../runtime/terminal/arguments.ts';
import { exitCodeOf, type Terminal } from '../runtime/terminal/terminal.ts';
import { examine } from './examine.ts';
import { exitCodeFor, fail, ok, written, type Finding, type Found } from './finding.ts';
import { nodeVersion } from './program.ts';

export interface DoctorTerminal extends Pick<Terminal, 'out' | 'err'> {
  readonly config: (flags: { readonly development: boolean }) => Config;
  /** The running Node.js, and the least one, as package.json says it. */
  readonly node: { readonly version: string; readonly least: string };
}

const help = `npm run doctor: looks at what this process stands on, with the settings it would start with, and changes nothing.

  --json         the findings as JSON: [{"check", "verdict": "OK" | "WARN" | "FAIL", "says", "remedy"}]
  --strict       exit code 1 where something is warned of, too
  --production   as a start without --development: somebody must be known by a token
  --help         this text

It looks at Node.js, the settings, the store (whether it answers, what it survives, its schema, its clock), Redis, ports, the
certificate, the key of the audit, issuers of tokens and their clocks, published documents, and each system and subgraph,
here or elsewhere. A server may run meanwhile, but has an embedded store for itself.

Exit code: 0, or 1 where something fails.
`;

/** `npm run doctor`, as a function that gives the exit code. */
export function runDoctor(
  given: readonly string[],
  { out, err, config, node }: DoctorTerminal,
): Promise<number> {
  return exitCodeOf(async () => {
    const { values } = parsedArguments({
      args: [...given],
      options: {
        json: { type: 'boolean', default: false },
        strict: { type: 'boolean', default: false },
        production: { type: 'boolean', default: false },
        help: { type: 'boolean', default: false },
      },
    });
    if (values.help) {
      out.write(help);
      return 0;
    }
    const findings: Finding[] = [{ check: 'node', ...nodeVersion(node.version, node.least) }];
    const settled = settingsOf(() => config({ development: !values.production }));
    findings.push({ check: 'settings', ...settled.found });
    if (settled.config) findings.push(...(await examine(settled.config)));
    out.write(values.json ? `${JSON.stringify(findings, null, 2)}\n` : written(findings));
    return exitCodeFor(findings, values.strict);
  }, err);
}

/** Without settings that count there is nothing more to look at. */
function settingsOf(read: () => Config): { readonly found: Found; readonly config?: Config } {
  try {
    const config = read();
    const known = config.roles.has('gateway') ? `, callers are known by ${authenticationOf(config)}` : '';
    return { config, found: ok(`NODE_ENV is ${config.nodeEnv}${known}`) };
  } catch (error) {
    if (!(error instanceof Failure)) throw error;
    return { found: fail('the settings do not count', error.message) };
  }
}
