/** "1 table", "3 tables"; `nouns` for those that take no s. */
export function countOf(n: number, noun: string, nouns = `${noun}s`): string {
  return `${grouped(n)} ${n === 1 ? noun : nouns}`;
}

/** "12,345", as `toLocaleString("en")` writes whole numbers, which takes 20 ms for its first one. */
function grouped(n: number): string {
  return String(n).replace(/\B(?=(?:\d{3})+$)/g, ",");
}
