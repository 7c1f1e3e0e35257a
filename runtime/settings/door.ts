import { Failure } from '../failure.ts';
import type { Issuer } from '../issuer.ts';
import type { Settings } from '../settings.ts';

/** How callers are known: by tokens, or not at all. */
export type Authentication = NonNullable<Settings['authentication']>;

export interface DoorSettings {
  /** Undefined where nobody has said: no gateway is served then. */
  readonly authentication: Authentication | undefined;
  /** Whose tokens count; empty where none do. */
  readonly issuers: readonly Issuer[];
  /** Sentences for whoever starts the process. */
  readonly notices: readonly string[];
  /** What cannot be. */
  readonly wrong: readonly string[];
}

const loopback = /^(127(\.\d{1,3}){3}|::1|localhost)$/;

/**
 * What the settings say of those who come in. Pure.
 * @param gateway whether the door is in this process
 * @param flag whether the process was started with `--development`
 */
export function doorSettings(found: Settings, gateway: boolean, flag: boolean): DoorSettings {
  const { oidcIssuer = [], oidcJwksUrl, nodeEnv } = found;
  const tokens = oidcIssuer.length > 0;
  const development = found.authentication === 'development' || (flag && nodeEnv !== 'production');
  const authentication = tokens ? 'oidc' : development ? 'development' : undefined;
  const issuers = oidcIssuer.map((issuer, index): Issuer => {
    const keysUrl = oidcJwksUrl?.[index];
    return keysUrl === undefined ? { issuer } : { issuer, keysUrl };
  });
  const notices: string[] = [];
  if (gateway && tokens && flag)
    notices.push('--development says nothing here: OIDC_ISSUER is set, and counts.');
  if (gateway && authentication === 'development') notices.push(announcement);
  return {
    authentication,
    issuers,
    notices,
    wrong: [...wrongTokens(found), ...(gateway ? wrongDoor(found, authentication) : []), ...wrongTls(found)],
  };
}

const announcement =
  'Development: there is no authentication. Callers say who they are by the headers x-principal and x-scopes, and whoever does not may do everything; only a loopback address is served.';

function wrongTokens({ authentication, nodeEnv, oidcIssuer, oidcAudience, oidcJwksUrl }: Settings): string[] {
  const wrong: string[] = [];
  if (authentication === 'development' && nodeEnv === 'production')
    wrong.push('Remove AUTHENTICATION=development, and set OIDC_ISSUER: NODE_ENV is production.');
  else if (authentication === 'development' && oidcIssuer)
    wrong.push(
      'Remove AUTHENTICATION=development or OIDC_ISSUER: callers are known by tokens, or not at all.',
    );
  if (authentication === 'oidc' && !oidcIssuer)
    wrong.push('Set OIDC_ISSUER and OIDC_AUDIENCE: AUTHENTICATION is oidc.');
  if (oidcIssuer && !oidcAudience)
    wrong.push('Set OIDC_AUDIENCE: without it, tokens for any other API of the issuer would count here.');
  if (!oidcIssuer && (oidcAudience ?? oidcJwksUrl))
    wrong.push('Set OIDC_ISSUER, or remove OIDC_AUDIENCE and OIDC_JWKS_URL: they say nothing without it.');
  if (oidcIssuer && oidcJwksUrl && oidcIssuer.length !== oidcJwksUrl.length)
    wrong.push('OIDC_JWKS_URL must name one URL for each of OIDC_ISSUER, in the same order.');
  return wrong;
}

/** Others are let come only by tokens, and these must not be read on their way. */
function wrongDoor(found: Settings, authentication: Authentication | undefined): string[] {
  if (loopback.test(found.host)) return [];
  if (authentication !== 'oidc')
    return [
      'HOST must be 127.0.0.1, ::1 or localhost where the gateway is and does not authenticate: set OIDC_ISSUER and OIDC_AUDIENCE to serve others.',
    ];
  if (found.tlsCert !== undefined || found.trustProxy) return [];
  return [
    'Set TLS_CERT_FILE and TLS_KEY_FILE, or TRUST_PROXY=on where a proxy ends TLS: tokens could be read on their way to HOST.',
  ];
}

function wrongTls({ tlsCert, tlsKey }: Settings): string[] {
  return (tlsCert === undefined) === (tlsKey === undefined)
    ? []
    : ['Set both TLS_CERT and TLS_KEY (or TLS_CERT_FILE and TLS_KEY_FILE), or neither.'];
}

/**
 * How the gateway knows its callers.
 * @throws Failure INVALID_CONFIGURATION where nobody has said: it is not served then
 */
export function authenticationOf({
  authentication,
  nodeEnv,
}: Pick<Settings, 'nodeEnv'> & Pick<DoorSettings, 'authentication'>): Authentication {
  if (authentication !== undefined) return authentication;
  const otherwise = nodeEnv === 'production' ? '' : ', or start with --development on your own machine';
  throw new Failure(
    'INVALID_CONFIGURATION',
    `Set OIDC_ISSUER and OIDC_AUDIENCE${otherwise}: nobody is let in without being known.`,
  );
}
