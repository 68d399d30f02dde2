import type { Text } from '../../model/language.ts'
import { codeOf, nameOf, statusOf } from './driver-error.ts'

/** Why we were refused and what helps, when we were; `what` is what was asked for. */
export function refusal(error: unknown, what: string): Text | undefined {
  const known = REFUSALS[nameOf(error)] ?? REFUSALS[codeOf(error)]
  if (known !== undefined) return known(what)
  return [401, 403].includes(statusOf(error) ?? 0) ? accessDenied(what) : undefined
}

function accessDenied(what: string): Text {
  return {
    en: `no permission for ${what}; reading needs s3:ListBucket on the bucket and s3:GetObject on its objects, deleting s3:DeleteObject`,
    es: `sin permiso para ${what}; leer requiere s3:ListBucket en el bucket y s3:GetObject en sus objetos, borrar s3:DeleteObject`,
  }
}

/** By the name the server, the driver or TLS gives it. */
const REFUSALS: Readonly<Record<string, (what: string) => Text>> = {
  ...under(['InvalidAccessKeyId', 'InvalidClientTokenId', 'NoSuchKeyId'], {
    en: 'the server does not know the access key; check access_key, MINIO_ACCESS_KEY or AWS_ACCESS_KEY_ID',
    es: 'el servidor no conoce la clave de acceso; revise access_key, MINIO_ACCESS_KEY o AWS_ACCESS_KEY_ID',
  }),
  ...under(['SignatureDoesNotMatch'], {
    en: 'the secret key does not belong to the access key; check secret_key, MINIO_SECRET_KEY or AWS_SECRET_ACCESS_KEY',
    es: 'la clave secreta no corresponde a la clave de acceso; revise secret_key, MINIO_SECRET_KEY o AWS_SECRET_ACCESS_KEY',
  }),
  ...under(['ExpiredToken', 'ExpiredTokenException', 'TokenRefreshRequired', 'RequestExpired'], {
    en: 'the session token has expired; get new keys, or log in again (aws sso login)',
    es: 'el token de sesión venció; obtenga claves nuevas o vuelva a entrar (aws sso login)',
  }),
  ...under(['InvalidToken', 'InvalidTokenId', 'InvalidSecurity'], {
    en: 'the session token is not valid; take access key, secret key and token of one and the same answer',
    es: 'el token de sesión no es válido; tome clave de acceso, clave secreta y token de una misma respuesta',
  }),
  ...under(['RequestTimeTooSkewed'], {
    en: 'the clock of this machine and the server’s differ too much; set it (NTP)',
    es: 'el reloj de esta máquina y el del servidor difieren demasiado; ajústelo (NTP)',
  }),
  ...under(['CredentialsProviderError', 'TokenProviderError'], {
    en: 'no keys were found, or what gives them failed (environment, profile, single sign-on, web identity, role of the machine); set access_key and secret_key, MINIO_ACCESS_KEY and MINIO_SECRET_KEY, or AWS’s own settings',
    es: 'no se encontraron claves, o falló lo que las da (entorno, perfil, inicio de sesión único, identidad web, rol de la máquina); ponga access_key y secret_key, MINIO_ACCESS_KEY y MINIO_SECRET_KEY, o los ajustes propios de AWS',
  }),
  ...under(
    [
      'DEPTH_ZERO_SELF_SIGNED_CERT',
      'SELF_SIGNED_CERT_IN_CHAIN',
      'UNABLE_TO_VERIFY_LEAF_SIGNATURE',
      'UNABLE_TO_GET_ISSUER_CERT',
      'UNABLE_TO_GET_ISSUER_CERT_LOCALLY',
      'CERT_UNTRUSTED',
    ],
    {
      en: 'nobody we trust vouches for its TLS certificate; name the certificate of your authority with ?ca=/path or AWS_CA_BUNDLE',
      es: 'nadie de confianza avala su certificado TLS; indique el de su autoridad con ?ca=/ruta o AWS_CA_BUNDLE',
    },
  ),
  ...under(['CERT_HAS_EXPIRED', 'CERT_NOT_YET_VALID', 'ERR_TLS_CERT_ALTNAME_INVALID', 'CERT_REVOKED'], {
    en: 'its TLS certificate is not valid now, or not for that host name',
    es: 'su certificado TLS no es válido ahora, o no para ese nombre de servidor',
  }),
  ...under(['NotSignedUp', 'AccountProblem', 'AllAccessDisabled'], {
    en: 'the account is closed or suspended',
    es: 'la cuenta está cerrada o suspendida',
  }),
  AccessDenied: accessDenied,
}

function under(names: readonly string[], text: Text): Readonly<Record<string, () => Text>> {
  return Object.fromEntries(names.map((name) => [name, () => text]))
}
