/**
 * Numbers that look drawn at random and are the same for the same seed, on every machine and every Node: whole 32-bit
 * arithmetic only (Marsaglia's xorshift128).
 */
export class Chance {
  #first: number
  #second: number
  #third: number
  #fourth: number

  constructor(seed: number) {
    this.#first = scattered(seed)
    this.#second = scattered(seed + 1)
    this.#third = scattered(seed + 2)
    this.#fourth = scattered(seed + 3)
  }

  /** A whole number from 0 to `end` - 1. */
  below(end: number): number {
    return Math.floor((this.#draw() / 2 ** 32) * end)
  }

  /** A whole number from `least` to `greatest`. */
  between(least: number, greatest: number): number {
    return least + this.below(greatest - least + 1)
  }

  /** True in `share` of the cases. */
  hits(share: number): boolean {
    return this.#draw() < share * 2 ** 32
  }

  pick<Value>(values: readonly [Value, ...Value[]]): Value {
    return values[this.below(values.length)] ?? values[0]
  }

  /** One of `[value, weight]` pairs, as often as its weight says. */
  weighted<Value>(choices: readonly [Weighted<Value>, ...Weighted<Value>[]]): Value {
    let left = this.below(choices.reduce((sum, [, weight]) => sum + weight, 0))
    for (const [value, weight] of choices) {
      if (left < weight) return value
      left -= weight
    }
    return choices[0][0]
  }

  #draw(): number {
    const mixed = this.#first ^ (this.#first << 11)
    this.#first = this.#second
    this.#second = this.#third
    this.#third = this.#fourth
    this.#fourth = (this.#fourth ^ (this.#fourth >>> 19) ^ mixed ^ (mixed >>> 8)) >>> 0
    return this.#fourth
  }
}

/** A value and how often it is to come, in relation to the others. */
export type Weighted<Value> = readonly [value: Value, weight: number]

/** A whole number in which every bit depends on every bit of the given one (SplitMix32). */
export function scattered(value: number): number {
  let mixed = Math.imul(value + 1, 0x9e3779b9)
  mixed = Math.imul(mixed ^ (mixed >>> 16), 0x21f0aaad)
  mixed = Math.imul(mixed ^ (mixed >>> 15), 0x735a2d97)
  return (mixed ^ (mixed >>> 15)) >>> 0
}
