import { z } from 'zod';
import { isTrustworthy } from '../issuer.ts';
import { listOf, onOff, oneOf, text, type Setting } from './forms.ts';

/** Asymmetric ones: whoever can verify a token cannot make one. */
const algorithms = [
  'RS256',
  'RS384',
  'RS512',
  'PS256',
  'PS384',
  'PS512',
  'ES256',
  'ES384',
  'ES512',
  'EdDSA',
] as const;

const trusted = z.string().refine(isTrustworthy);
const trustedUrl = 'an https URL (http on this machine only), or a comma list of them';
const host = z
  .string()
  .regex(/^([a-z\d]([a-z\d-]*[a-z\d])?(\.[a-z\d]([a-z\d-]*[a-z\d])?)*|\[[\da-f:.]+\])$/i);
const origin = z
  .string()
  .refine((one) => /^https?:$/.test(URL.parse(one)?.protocol ?? '') && new URL(one).origin === one);

/** Who may come in, and how what is sent is kept from others on its way. */
export const authenticationSettings = {
  authentication: {
    ...oneOf('oidc', 'development'),
    about:
      'How callers are known: by tokens of OIDC_ISSUER, which needs no word here, or development: everybody on this machine is who he says. There is no default.',
  },
  oidcIssuer: {
    parse: listOf(trusted),
    form: trustedUrl,
    about: 'Whose access tokens are taken, as their claim iss has it.',
  },
  oidcJwksUrl: {
    parse: listOf(trusted),
    form: trustedUrl,
    about: 'Where the keys are, in the order of OIDC_ISSUER; found by discovery without.',
  },
  oidcAudience: {
    parse: listOf(z.string().min(1)),
    form: 'a text, or a comma list of them',
    about: 'What this graph is called in tokens: their claim aud must have one of these.',
  },
  oidcAlgorithms: {
    parse: listOf(z.enum(algorithms)),
    form: `a comma list of ${algorithms.join(', ')}`,
    initial: 'RS256,RS384,RS512,PS256,ES256,ES384,EdDSA',
    about: 'How tokens may be signed.',
  },
  oidcScopeClaim: {
    ...text,
    initial: 'scope',
    about: 'The claim with the scopes, such as scope, scp or permissions.',
  },
  oidcClaims: {
    parse: listOf(z.string().min(1)),
    form: 'a comma list of claims',
    initial: 'policies,roles,groups',
    about: 'Other claims that policies look at; those of ROW_RULES_FILE are looked at besides.',
  },
  rowRulesFile: {
    ...text,
    about:
      'Path of a JSON file with rules about which customers a caller sees at all; without one everybody sees all.',
  },
  tlsCert: {
    parse: z.string().includes('-----BEGIN CERTIFICATE-----'),
    form: 'a certificate with those that vouch for it, as PEM',
    about: 'With TLS_KEY, everything is served over TLS 1.2 or later.',
    secret: true,
  },
  tlsKey: {
    parse: z.string().includes('PRIVATE KEY-----'),
    form: 'a private key as PEM',
    about: 'The key of TLS_CERT.',
    secret: true,
  },
  trustProxy: {
    ...onOff,
    initial: 'off',
    about:
      'Whether a proxy before this process ends TLS and says by x-forwarded-proto how it was asked; what was asked without TLS is refused.',
  },
  publicHosts: {
    parse: listOf(host),
    form: 'a comma list of host names without ports',
    about:
      'Names under which the gateway may be addressed; with a loopback HOST its names, else any, without.',
  },
  origins: {
    parse: listOf(origin),
    form: 'a comma list of origins such as https://app.example.com',
    about: 'Origins whose pages may ask the gateway; only its own without.',
  },
} satisfies Record<string, Setting>;
