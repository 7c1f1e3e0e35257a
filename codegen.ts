import { loadContracts } from './schema/load.ts';
import { codegenConfig } from './schema/types.ts';

/** For `graphql-codegen` and editors; `npm run schema` generates the same and everything else. */
export default codegenConfig(loadContracts(import.meta.dirname));
