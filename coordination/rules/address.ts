import { isPostalCode, writtenPostalCode } from './postal-code.ts';
import { invalid, tooLarge, type Complaint, type MembersRule } from './rule.ts';

/** What fits on an envelope: lines, and characters in each. */
const [mostLines, longestLine, longestCode] = [10, 100, 16];

/** An address says where: it has a line or a town. */
const somewhere: MembersRule = {
  reads: ['lines', 'city'],
  check: ({ lines, city }) => ({
    complaints:
      textsOf(lines).length > 0 || city != null
        ? []
        : [
            invalid('An address has at least one line or a town: give one, or null for no address.', [
              'lines',
            ]),
          ],
  }),
};

const shortEnough: readonly MembersRule[] = [
  {
    reads: ['lines'],
    check: ({ lines }) => ({
      complaints: [
        ...(textsOf(lines).length > mostLines
          ? [tooLarge(`Give at most ${mostLines} lines.`, ['lines'])]
          : []),
        ...textsOf(lines).flatMap((line, place) => tooLong(line, longestLine, ['lines', place])),
      ],
    }),
  },
  ...['city', 'region'].map((member) => ({
    reads: [member],
    check: ({ [member]: text }: Readonly<Record<string, unknown>>) => ({
      complaints: tooLong(text, longestLine, [member]),
    }),
  })),
];

/** Postal codes are checked where the country is given. */
const postalCode: MembersRule = {
  reads: ['postalCode', 'country'],
  check: ({ postalCode: code, country }) => {
    if (typeof code !== 'string') return { complaints: [] };
    const written = writtenPostalCode(code);
    const complaints = tooLong(written, longestCode, ['postalCode']);
    if (complaints.length > 0 || typeof country !== 'string' || isPostalCode(written, country)) {
      return { written: { postalCode: written }, complaints };
    }
    return {
      complaints: [invalid('Give a postal code in the form of the country of the address.', ['postalCode'])],
    };
  },
};

export const address: readonly MembersRule[] = [somewhere, ...shortEnough, postalCode];

function tooLong(text: unknown, most: number, path: readonly (string | number)[]): readonly Complaint[] {
  return typeof text === 'string' && text.length > most
    ? [tooLarge(`Give at most ${most} characters here.`, path)]
    : [];
}

function textsOf(lines: unknown): readonly unknown[] {
  return Array.isArray(lines) ? lines : [];
}
