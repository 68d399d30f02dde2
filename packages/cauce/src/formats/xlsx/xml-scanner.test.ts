import fc from 'fast-check'
import { expect, test } from 'vitest'
import { attribute, decodeEscapes, XmlScanner } from './xml-scanner.ts'

/** What is heard of a document, texts joined, when it comes in these pieces. */
function heard(pieces: readonly string[]): readonly string[] {
  const events: string[] = []
  let text = ''
  const flush = (): void => {
    if (text !== '') events.push(`"${text}"`)
    text = ''
  }
  const scanner = new XmlScanner({
    open: (name, attributes) => {
      flush()
      events.push(`<${name} ${attribute(attributes, 'r') ?? ''}`)
    },
    close: (name) => {
      flush()
      events.push(`>${name}`)
    },
    text: (more) => {
      text += more
    },
  })
  for (const piece of pieces) scanner.push(piece)
  flush()
  expect(scanner.end()).toBe(true)
  return events
}

const DOCUMENT = `<?xml version="1.0"?><!-- a <b> --><x:row xmlns:x='y' a="1 > 0" x:r="5"><c r='A1'/>
<v>a &lt;&#241;&#x20AC; &amp; b</v><t><![CDATA[<&]]></t><e></e></x:row>`

test('a document is heard as it is', () => {
  expect(heard([DOCUMENT])).toEqual([
    '<row 5',
    '<c A1',
    '>c',
    '"\n"',
    '<v ',
    '"a <ñ€ & b"',
    '>v',
    '<t ',
    '"<&"',
    '>t',
    '<e ',
    '>e',
    '>row',
  ])
})

test('it is the same in whatever pieces it comes', () => {
  fc.assert(
    fc.property(fc.array(fc.nat(DOCUMENT.length), { maxLength: 40 }), (cuts) => {
      const places = [0, ...cuts.toSorted((a, b) => a - b), DOCUMENT.length]
      const pieces = places.slice(1).map((end, i) => DOCUMENT.slice(places[i], end))
      expect(heard(pieces)).toEqual(heard([DOCUMENT]))
    }),
  )
  expect(heard(DOCUMENT.split(''))).toEqual(heard([DOCUMENT]))
})

test('characters XML cannot hold are written with their number', () => {
  expect(decodeEscapes('a_x000D__x000a_b_x005F_x000D_')).toBe('a\r\nb_x000D_')
})
