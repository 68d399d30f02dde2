import { env, project } from 'cauce'
import { j1 } from './j1.ts'

export default project({ pipelines: [j1], home: env('CAUCE_HOME', './.cauce') })
