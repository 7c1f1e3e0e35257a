import { Failure } from '../runtime/failure.ts';
import { exitCodeOf } from '../runtime/terminal/terminal.ts';
import { exportEntries } from './export-run.ts';
import type { AuditTerminal } from './terminal.ts';
import { verify } from './verify-run.ts';

const help = `npm run audit -- verify [--checkpoints FILE] [--public-key FILE …] [--patience SECONDS] [--age MINUTES] [--unsigned]
npm run audit -- export [--from TIME] [--to TIME]

verify  proves that the audit is whole: it reads all entries in order and checks that none is missing, that each is as it
        was sealed, and that all of it is what was signed. Exit code 0: whole; 1: not whole, or not to be read.
export  writes entries to the standard output, oldest first, a line of JSON each, with their places and hashes.

--checkpoints FILE   signed checkpoints kept outside the store; AUDIT_CHECKPOINTS_FILE where absent, and without either only
                     those in the store are compared, which whoever rewrites the store can take away
--public-key FILE    keys in PEM that may have signed, besides that of AUDIT_KEY or the one beside the embedded store
--patience SECONDS   how long an entry may wait for its place, and for a signature; 300 where absent
--age MINUTES        how old the newest checkpoint may be; a server signs at least once an hour
--unsigned           only the order and the hashes, of an audit that nobody signs
--from, --to TIME    ISO 8601, recorded then or later, and recorded before

The store is that of the settings (DATABASE_URL, or DATA_DIR for the embedded one, while no server has it open). On a server
everything may go on meanwhile. 130: stopped before the end.
`;

/**
 * `npm run audit`, as a function.
 * @returns the exit code: 0 done or whole, 1 a fault was found or nothing could be read, 130 stopped
 */
export function runAudit(given: readonly string[], terminal: AuditTerminal): Promise<number> {
  return exitCodeOf(async () => {
    const [command, ...rest] = given;
    if (given.includes('--help')) {
      terminal.out.write(help);
      return 0;
    }
    if (command === 'verify') return verify(rest, terminal);
    if (command === 'export') return exportEntries(rest, terminal);
    throw new Failure('BAD_USER_INPUT', 'Say "verify" or "export"; --help shows what there is.');
  }, terminal.err);
}
