import type { Text } from '../../model/language.ts'

export const standTexts = {
  up: {
    en: 'stand and run by the clock: dispatcher, worker and server in one process',
    es: 'quedar en marcha y ejecutar por horario: despachador, trabajador y servidor en un proceso',
  },
  dispatcher: {
    en: 'stand as dispatcher alone: fires, discovers, closes; others work',
    es: 'quedar en marcha solo como despachador: dispara, descubre y cierra; otros trabajan',
  },
  worker: {
    en: 'stand as worker alone: does what a dispatcher on the same ledger finds',
    es: 'quedar en marcha solo como trabajador: hace lo que encuentra un despachador de la misma bitácora',
  },
  pipelines: {
    en: 'pipelines to stand for (default: all of the project)',
    es: 'flujos que atender (por defecto, todos los del proyecto)',
  },
  every: {
    en: 'run at this interval instead of the times declared: 5s, 10m (for trials)',
    es: 'ejecutar con este intervalo en lugar del horario declarado: 5s, 10m (para pruebas)',
  },
  grace: {
    en: 'how long work in hand may go on after the signal to stop (default 30s); then it is handed back',
    es: 'cuánto puede seguir lo que está en curso tras la señal de parar (por defecto 30s); luego se devuelve',
  },
  duration: { en: 'a duration: {form}', es: 'una duración: {form}' },
  port: { en: 'port of the server (default: 4200)', es: 'puerto del servidor (por defecto, 4200)' },
  probePort: {
    en: 'answer /health, /ready, /metrics and the API on this port (default: none)',
    es: 'responder /health, /ready, /metrics y la API en este puerto (por defecto, ninguno)',
  },
  host: {
    en: 'address the server listens on (default: this machine alone); others need CAUCE_TOKEN set',
    es: 'dirección en la que escucha el servidor (por defecto, solo esta máquina); otras exigen CAUCE_TOKEN',
  },
  allowHost: {
    en: 'names, beside addresses, that the server may be asked by: of a container, of a proxy',
    es: 'nombres, además de las direcciones, por los que se puede pedir el servidor: de un contenedor, de un proxy',
  },
  openMetrics: {
    en: 'let /metrics be read without a token',
    es: 'permitir leer /metrics sin token',
  },
  serving: { en: 'Health, metrics and API at {url}', es: 'Salud, métricas y API en {url}' },
  stopping: {
    en: 'Stopping: what is in hand is finished, for {grace} at most. Once more ends it at once.',
    es: 'Parando: se termina lo que está en curso, durante {grace} como mucho. Otra vez lo termina al instante.',
  },
} as const satisfies Record<string, Text>
