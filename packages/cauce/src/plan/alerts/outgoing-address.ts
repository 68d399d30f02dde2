import type { Text } from '../../model/language.ts'

/**
 * What is wrong with an address messages are sent to; undefined: nothing. It must be https, unless it is of this machine or
 * declared insecure. The answer never holds the address, which is a secret.
 */
export function addressFault(address: string, insecure: boolean): Text | undefined {
  const url = URL.parse(address)
  if (url === null)
    return {
      en: 'it is no address; write it like https://host/path',
      es: 'no es una dirección; escríbala como https://servidor/ruta',
    }
  const { protocol, hostname, username, password } = url
  if (protocol !== 'https:' && protocol !== 'http:')
    return {
      en: 'it is neither https nor http; write https://host/path',
      es: 'no es https ni http; escriba https://servidor/ruta',
    }
  if (username !== '' || password !== '')
    return {
      en: 'a user or password before the host is not supported; put it into the path or the query',
      es: 'no se admite usuario ni contraseña antes del servidor; póngalos en la ruta o en los parámetros',
    }
  if (protocol === 'http:' && !insecure && !isLoopback(hostname))
    return {
      en: 'it is not https, so that anybody on the way could read and change messages; use https, or declare the channel `insecure`',
      es: 'no es https, y cualquiera en el camino podría leer y cambiar los mensajes; use https, o declare el canal `insecure`',
    }
  return undefined
}

/** Whether a host is this machine. Numbers in other forms (2130706433, 0x7f.1) are spelled out by `URL` before. */
export function isLoopback(host: string): boolean {
  return /^(localhost|127(\.\d{1,3}){3}|\[?::1\]?)$/i.test(host)
}
