type Defined<Given> = { [Name in keyof Given]?: Exclude<Given[Name], undefined> }

/** Without what is undefined: a filter that was not asked for is absent. */
export function defined<Given extends object>(given: Given): Defined<Given> {
  return Object.fromEntries(
    Object.entries(given).filter(([, value]) => value !== undefined),
  ) as Defined<Given>
}
