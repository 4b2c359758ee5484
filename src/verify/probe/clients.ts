// Who seems to ask. A server that behaves only for the prober would have to behave for all of these.

const CLIENTS: readonly Record<string, string>[] = [
  {},
  { "user-agent": "curl/8.14.1", accept: "*/*" },
  {
    "user-agent": "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0",
    accept: "application/json",
    "accept-language": "en",
  },
  { "user-agent": "node", accept: "*/*", "sec-fetch-mode": "cors" },
];
const HOSTS = ["localhost", "api.example.com", "127.0.0.1:3000"];

/** The headers of the n-th request. Within twelve requests each client has asked at each host. */
export function clientHeaders(n: number): Record<string, string> {
  return { host: HOSTS[n % HOSTS.length]!, ...CLIENTS[n % CLIENTS.length] };
}
