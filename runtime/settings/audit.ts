import { z } from 'zod';
import { isSealKey } from '../seal.ts';
import { text, type Setting } from './forms.ts';

/** How the audit is signed. */
export const auditSettings = {
  auditKey: {
    parse: z
      .string()
      .transform((pem) => pem.replaceAll('\\n', '\n'))
      .refine(isSealKey),
    form: 'an Ed25519 private key in PKCS8 PEM, as "openssl genpkey -algorithm ed25519" makes one',
    about:
      'Signs the checkpoints of the audit; needed in production where the role audit is. The embedded store makes one of its own.',
    secret: true,
  },
  auditCheckpointsFile: {
    ...text,
    about:
      'A file outside the store to which signed checkpoints of the audit are added; what is cut off or rebuilt is found by it.',
  },
} satisfies Record<string, Setting>;
