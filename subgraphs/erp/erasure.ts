import type { Db } from '../../runtime/db/index.ts';
import { json, type Route } from '../sandbox/api.ts';
import { openTable } from '../sandbox/table.ts';
import { missing, root } from './answers.ts';
import { blankPartner, type PartnerBody } from './validation.ts';

/**
 * Where a partner is erased. It is blocked and archived, and keeps what tax law has the books keep for as long as the
 * documents that name it: its tax numbers, its tax classification, and the country in which it is registered.
 */
export function erasureRoute(db: Db): Route {
  return {
    method: 'POST',
    path: `${root}/A_BusinessPartner/:number/erase`,
    serve: ({ headers }, { number = '' }) =>
      db.transaction(async (tx) => {
        const [row] = await tx.query<{ body: PartnerBody }>(
          'select body from erp_business_partner where key = $1 for update',
          [number],
        );
        if (!row) return missing;
        const wireKey = headers?.['x-request-key'];
        await openTable<PartnerBody>(tx, 'erp_business_partner').erase(number, remainsOf(row.body), {
          gone: false,
          wireKey,
        });
        return json(204, null);
      }),
  };
}

function remainsOf({
  to_BusinessPartnerTax,
  CustomerTaxClassification,
  to_LegalEntity,
}: PartnerBody): PartnerBody {
  const LegalCountry = to_LegalEntity?.LegalCountry ?? null;
  const nobody = {
    ...{ RegisteredName: '', LegalEntityIdentifier: null, LegalCountry },
    ...{ RegistrationNumber: null, LegalForm: null },
  };
  return {
    ...blankPartner,
    ...{ to_BusinessPartnerTax, CustomerTaxClassification },
    to_LegalEntity: to_LegalEntity && nobody,
    IsMarkedForArchiving: true,
    BusinessPartnerIsBlocked: true,
  };
}
