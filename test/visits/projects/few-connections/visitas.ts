import { pipeline } from 'cauce'
import visitas from '../../../../examples/visitas/visitas.ts'

/** The visits with two connections to their database, whoever asks: fewer than there are performers. */
export default pipeline('visitas', { ...visitas.options, limits: { connections: { destination: 2 } } })
