import { EXIT_CODES } from '../../model/error-class.ts'
import { choosePipeline } from '../../ops/choose-pipelines.ts'
import { explainPlan, withoutSecrets } from '../../ops/explain-plan.ts'
import { loadProject } from '../../ops/load-project.ts'
import type { Cli, CommonOptions } from '../cli.ts'
import { projectRequest } from '../project-request.ts'
import { showPlan } from '../report/plan-page.ts'

/** `cauce plan`: what a pipeline compiles to, for people or as data. */
export async function planCommand(
  cli: Cli,
  name: string,
  options: CommonOptions & { readonly json?: true | undefined },
): Promise<number> {
  const { plan } = choosePipeline(await loadProject(projectRequest(cli, options)), name)
  if (options.json === true) cli.out.line(JSON.stringify(withoutSecrets(plan), undefined, 2))
  else showPlan(cli, await explainPlan(plan))
  return EXIT_CODES.done
}
