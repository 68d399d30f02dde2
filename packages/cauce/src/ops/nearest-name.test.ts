import { expect, test } from 'vitest'
import { nearestName } from './nearest-name.ts'

test('the nearest name takes the fewest edits', () => {
  const known = ['visitas', 'ventas', 'productos']
  expect(nearestName('visitaz', known)).toBe('visitas')
  expect(nearestName('VENTA', known)).toBe('ventas')
  expect(nearestName('prod', known)).toBe('productos')
  expect(nearestName('x', [])).toBeUndefined()
})
