import { describe, expect, test } from 'vitest'
import { CauceError } from '../../model/cauce-error.ts'
import { checkLayout, type ExpectedColumn, type LayoutRequest } from './check-layout.ts'

const column = (name: string, more: Partial<ExpectedColumn> = {}): ExpectedColumn => ({
  name,
  headers: [name],
  anyHeader: false,
  required: true,
  ...more,
})

const expected = [
  column('email'),
  column('jyv', { anyHeader: true }),
  column('sent', { headers: ['Fecha envio', 'sent'] }),
]

function request(header: readonly string[] | undefined, more: Partial<LayoutRequest> = {}): LayoutRequest {
  return {
    file: 'report_6.txt',
    header,
    firstRecordWidth: 3,
    expected,
    mode: 'position',
    unknownColumns: 'refuse',
    ...more,
  }
}

function refusal(asked: LayoutRequest): string {
  try {
    checkLayout(asked)
  } catch (error) {
    if (error instanceof CauceError && error.code === 'LAYOUT_COLUMNS') return String(error.details['detail'])
    throw error
  }
  return 'accepted'
}

describe('by position', () => {
  test('accepts the names in order, space around them aside', () => {
    expect(checkLayout(request([' email', 'jyv', 'Fecha envio ']))).toEqual({
      order: [0, 1, 2],
      fileColumns: 3,
      notes: [],
    })
  })

  test('accepts any header where any will do, and another case, each with a note', () => {
    expect(checkLayout(request(['EMAIL', 'jk', 'sent'])).notes).toEqual([
      { column: 'email', code: 'renamed_header', found: 'EMAIL' },
      { column: 'jyv', code: 'renamed_header', found: 'jk' },
    ])
  })

  test('names the column that is too many', () => {
    expect(refusal(request(['email', 'jk', 'Fecha envio', 'dummy_int']))).toBe(
      'expected 3, found 4; unexpected: dummy_int',
    )
  })

  test('names the column that is missing', () => {
    expect(refusal(request(['email', 'jyv']))).toBe('expected 3, found 2; missing: Fecha envio')
  })

  test('says where names are exchanged', () => {
    expect(refusal(request(['Fecha envio', 'jyv', 'email']))).toBe(
      'column 1: expected email, found Fecha envio; column 3: expected Fecha envio, found email',
    )
  })

  test('shows little of a header that is not one', () => {
    const shown = refusal(request([`\0\u0007${'x'.repeat(1_000_000)}`]))
    expect(shown.length).toBeLessThan(150)
    expect(shown).not.toMatch(/\p{C}/u)
  })
})

describe('by name', () => {
  const byName = (header: readonly string[], more: Partial<LayoutRequest> = {}): LayoutRequest =>
    request(header, {
      mode: 'name',
      expected: [column('id'), column('ID'), column('note', { required: false })],
      ...more,
    })

  test('finds columns in any order, exact case first, optional ones perhaps not at all', () => {
    expect(checkLayout(byName(['ID', 'id'])).order).toEqual([1, 0, -1])
  })

  test('refuses or ignores what nobody expects, as told', () => {
    expect(refusal(byName(['id', 'ID', 'x', 'y']))).toBe('expected 3, found 4; unexpected: x, y')
    const ignoring = checkLayout(byName(['x', 'id', 'ID', 'x'], { unknownColumns: 'ignore' }))
    expect(ignoring).toMatchObject({ order: [1, 2, -1], fileColumns: 4 })
  })

  test('refuses what is missing and what is there twice', () => {
    expect(refusal(byName(['note', 'note', 'id']))).toBe('expected 3, found 3; double: note; missing: ID')
  })

  test('refuses two aliases of one column side by side', () => {
    const aliased = [column('mail', { headers: ['mail', 'e-mail'] })]
    expect(refusal(request(['e-mail', 'mail'], { mode: 'name', expected: aliased }))).toMatch(/double: mail/)
  })
})

describe('without a header', () => {
  test('the first record must have as many fields as there are columns', () => {
    expect(checkLayout(request(undefined, { hasHeader: false })).order).toEqual([0, 1, 2])
    expect(refusal(request(undefined, { hasHeader: false, firstRecordWidth: 16 }))).toBe(
      'expected 3, found 16 in the first record',
    )
  })

  test('an empty file is refused where a header is due, and only there', () => {
    expect(refusal(request(undefined, { firstRecordWidth: undefined }))).toBe('empty file, not even a header')
    expect(refusal(request(undefined, { firstRecordWidth: undefined, hasHeader: false }))).toBe('accepted')
  })
})
