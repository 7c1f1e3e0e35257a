import { invalid, isMembers, type Complaint } from './rule.ts';

/** What the type of an attribute cannot say. */
export type AttributeRule = (value: unknown) => readonly Complaint[];

/** By entity and attribute. */
export const attributeRules: Readonly<Record<string, AttributeRule>> = {
  'Customer.creditLimit': (value) =>
    isMembers(value) && typeof value.amount === 'string' && /^-.*[1-9]/.test(value.amount)
      ? [invalid('A credit limit is not negative: give 0 for no credit.', ['amount'])]
      : [],
  'Customer.employees': (value) =>
    typeof value === 'number' && value < 0 ? [invalid('Give 0 or more employees.')] : [],
};
