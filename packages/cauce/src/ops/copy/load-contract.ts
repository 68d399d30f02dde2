import { resolve } from 'node:path'
import { pathToFileURL } from 'node:url'
import { CauceError } from '../../model/cauce-error.ts'
import { type Contract, isContract } from '../../pipeline/contract.ts'

/**
 * The contract a file exports: the one named behind `#`, else its default export, else the only one there is.
 * @throws {CauceError} CONFIG_INVALID
 */
export async function loadContract(place: string, currentFolder: string): Promise<Contract> {
  const [file = '', name] = place.split('#')
  const exported = await exportsOf(resolve(currentFolder, file), file)
  const contracts = Object.entries(exported).filter(([, value]) => isContract(value))
  const chosen = contracts.find(([key]) => key === (name ?? 'default'))
  const found = chosen ?? (name === undefined && contracts.length === 1 ? contracts[0] : undefined)
  if (found !== undefined && isContract(found[1])) return found[1]
  const names = contracts.map(([key]) => key).join(', ')
  throw new CauceError('CONFIG_INVALID', {
    where: file,
    detail:
      contracts.length === 0
        ? 'it exports no contract; write export const name = contract(…)'
        : `say which contract, as in ${file}#${contracts[0]?.[0] ?? ''}; it exports ${names}`,
    detalle:
      contracts.length === 0
        ? 'no exporta ningún contrato; escriba export const nombre = contract(…)'
        : `diga qué contrato, como en ${file}#${contracts[0]?.[0] ?? ''}; exporta ${names}`,
  })
}

async function exportsOf(path: string, file: string): Promise<Readonly<Record<string, unknown>>> {
  try {
    return (await import(pathToFileURL(path).href)) as Readonly<Record<string, unknown>>
  } catch (error) {
    const detail = error instanceof Error ? error.message : String(error)
    throw new CauceError('CONFIG_INVALID', { where: file, detail }, { cause: error })
  }
}
