/** "GET /api/users": how an endpoint is named to people. */
export function endpointLabel({ method, path }: { method: string; path: string }): string {
  return `${method} ${path}`;
}
