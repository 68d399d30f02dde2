import { env, pipeline, project } from 'cauce'
import visitas from '../../../../examples/visitas/visitas.ts'

/*
 * The visits example with what a test wants otherwise: limits (`PRUEBA_LIMITES`, as JSON), every version of a file instead of
 * the first (`PRUEBA_VERSIONES=todas`), and no destination but the one the environment names.
 */
const { versions, ...options } = visitas.options

export default project({
  pipelines: [
    pipeline('visitas', {
      ...options,
      ...(process.env['PRUEBA_VERSIONES'] === 'todas' || versions === undefined ? {} : { versions }),
      into: env('VISITAS_DESTINO'),
      limits: JSON.parse(process.env['PRUEBA_LIMITES'] ?? '{}') as Readonly<Record<string, number>>,
    }),
  ],
})
