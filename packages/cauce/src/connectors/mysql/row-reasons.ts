/** Why the server would not keep a value as it is, without the value. Undefined: the number does not speak of rows. */
export function rowReason(errno: number): string | undefined {
  return REASONS[errno]
}

const REASONS: Readonly<Record<number, string>> = {
  1048: 'empty, but the column may not be',
  1062: 'its key is there already',
  1153: 'larger than the server takes (max_allowed_packet)',
  1261: 'too few values',
  1262: 'too many values',
  1263: 'empty, but the column may not be',
  1264: 'out of range',
  1265: 'too long, or not exactly what the column can hold',
  1292: 'not a value of the column type',
  1300: 'characters the column cannot hold',
  1364: 'no value, and the column has no default',
  1366: 'not a value of the column type',
  1406: 'too long',
  1441: 'a moment out of range',
  1452: 'a foreign key has no such row',
  1525: 'not a value of the column type',
  1526: 'no partition for it',
  1586: 'its key is there already',
  1690: 'out of range',
  3140: 'not valid JSON',
  3141: 'not valid JSON',
  3819: 'a check constraint forbids it',
  3991: 'characters the column cannot hold',
  4025: 'a check constraint forbids it',
  4038: 'not valid JSON',
}
