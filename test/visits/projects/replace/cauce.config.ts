import { pipeline, project } from 'cauce'
import visitas from '../../../../examples/visitas/visitas.ts'

/** The visits, where a new version of a report takes the place of the one before it. */
export default project({
  pipelines: [
    pipeline('visitas', {
      ...visitas.options,
      versions: 'replace',
      states: { ...visitas.options.states, superseded: 'REEMPLAZADO' },
    }),
  ],
})
