import { controlEndpoints } from './control-endpoints.ts'
import type { Endpoint } from './endpoint.ts'
import { itemEndpoints } from './item-endpoints.ts'
import { pipelineEndpoints } from './pipeline-endpoints.ts'
import { runEndpoints } from './run-endpoints.ts'
import { watchEndpoints } from './watch-endpoints.ts'

/** The API, one line an area. */
export const endpoints: readonly Endpoint[] = [
  ...pipelineEndpoints,
  ...runEndpoints,
  ...itemEndpoints,
  ...watchEndpoints,
  ...controlEndpoints,
]
