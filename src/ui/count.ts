/** "1 table", "3 tables"; `nouns` for those that take no s. */
export function countOf(n: number, noun: string, nouns = `${noun}s`): string {
  return `${n.toLocaleString("en")} ${n === 1 ? noun : nouns}`;
}
