import { CauceError } from '../model/cauce-error.ts'
import { toCauceError } from '../model/to-cauce-error.ts'

/** As much of the SDK's package as we use. */
interface Sdk {
  readonly NodeSDK: new () => { start(): void; shutdown(): Promise<void> }
}

const PACKAGE = '@opentelemetry/sdk-node'

/**
 * With `CAUCE_OTEL=1`: starts the OpenTelemetry SDK installed in the project, set up by its own variables (OTEL_EXPORTER_OTLP_ENDPOINT
 * and others); performers do the same. Else nothing is loaded.
 * @throws {CauceError} DRIVER_MISSING, CONFIG_INVALID
 */
export async function startTracing(environment: NodeJS.ProcessEnv): Promise<void> {
  if (environment['CAUCE_OTEL'] !== '1') return
  environment['OTEL_SERVICE_NAME'] ??= 'cauce'
  // Metrics are Prometheus' here, logs are files.
  environment['OTEL_METRICS_EXPORTER'] ??= 'none'
  environment['OTEL_LOGS_EXPORTER'] ??= 'none'
  const { NodeSDK } = await installed()
  try {
    const sdk = new NodeSDK()
    sdk.start()
    // What the last item left is sent before the process ends by itself.
    process.once('beforeExit', () => void sdk.shutdown().catch(() => undefined))
  } catch (error) {
    throw toCauceError(error, { code: 'CONFIG_INVALID', details: { where: 'CAUCE_OTEL' } })
  }
}

async function installed(): Promise<Sdk> {
  try {
    // Named by a variable: it is the project's to install, and not ours to depend on.
    return (await import(PACKAGE)) as Sdk
  } catch (error) {
    throw new CauceError('DRIVER_MISSING', { system: 'OpenTelemetry', driver: PACKAGE }, { cause: error })
  }
}
