/** Why the server would not keep a value as it is, without the value. Undefined: the code does not speak of rows. */
export function rowReason(state: string): string | undefined {
  return (
    REASONS[state] ?? (state.startsWith('22') || state.startsWith('23') ? `refused (${state})` : undefined)
  )
}

const REASONS: Readonly<Record<string, string>> = {
  '21000': 'one key more than once',
  '22001': 'too long',
  '22003': 'out of range',
  '22007': 'not a value of the column type',
  '22008': 'a moment out of range',
  '22021': 'characters PostgreSQL cannot hold (NUL, or not UTF-8)',
  '22023': 'not a value of the column type',
  '22030': 'a JSON object with one key twice',
  '22032': 'not valid JSON',
  '22P02': 'not a value of the column type',
  '22P03': 'not a value of the column type',
  '22P04': 'too few or too many values',
  '22P05': 'characters the database cannot hold',
  '23000': 'a constraint forbids it',
  '23502': 'empty, but the column may not be',
  '23503': 'a foreign key has no such row',
  '23505': 'its key is there already',
  '23514': 'a check constraint forbids it, or there is no partition for it',
  '23P01': 'a constraint forbids it',
  '54000': 'larger than the server takes (an index entry holds at most 2,700 bytes)',
}
