/** Takes user names and passwords out of the addresses in a text, whoever they belong to. */
export function withoutCredentials(text: string): string {
  return text.replaceAll(/\/\/[^/\s@]*@/g, "//");
}
