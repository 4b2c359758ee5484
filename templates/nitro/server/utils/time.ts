/** Seconds since 1970, the unit of every timestamp in the API and in the database. */
export function unixNow(): number {
  return Math.floor(Date.now() / 1000);
}
