import { dirname } from 'node:path';
import { parseArgs } from 'node:util';
import { Failure } from '../runtime/failure.ts';
import { publish, type PublishOptions } from './publish.ts';

const help = `Usage: npm run schema -- [options]

Checks the contracts (schema.graphql in identity, events, coordination and each folder of subgraphs), composes them and
writes what follows from them into schema/generated: supergraph, public schema, types, ownership table and catalogue.

Options:
  --check     write nothing; fail on a breach of a convention, on a generated file that is not up to date, and on a
              breaking change that schema/intended.json does not list
  --base REF  compare with the schema at this git reference, e.g. origin/main for everything a branch changes;
              otherwise with the last committed schema that differs from the present one
  --help      show this

Exit status: 0 when nothing is wrong, 1 when something is, 2 when the options are wrong.
`;

function readOptions(): (PublishOptions & { readonly help: boolean }) | undefined {
  try {
    const { values } = parseArgs({
      options: {
        check: { type: 'boolean', default: false },
        base: { type: 'string' },
        help: { type: 'boolean', default: false },
      },
    });
    return values;
  } catch (error) {
    console.error(`${error instanceof Error ? error.message : String(error)}\nSee npm run schema -- --help.`);
    return undefined;
  }
}

const options = readOptions();
if (!options) process.exitCode = 2;
else if (options.help) console.log(help.trimEnd());
else {
  try {
    const { errors, lines } = await publish(dirname(import.meta.dirname), options);
    for (const error of errors) console.error(error);
    for (const line of lines) console.log(line);
    process.exitCode = errors.length === 0 ? 0 : 1;
  } catch (error) {
    if (!(error instanceof Failure)) throw error;
    console.error(error.message);
    process.exitCode = 1;
  }
}
