// The verifier that Postgres stores for a password (RFC 5802, RFC 7677), made here so that no server ever gets the password
// in a statement, where a log could keep it.
import { createHash, createHmac, pbkdf2, randomBytes } from "node:crypto";
import { promisify } from "node:util";

const derive = promisify(pbkdf2);

/** Postgres's own number of rounds (scram_iterations). */
const ROUNDS = 4096;

/** `SCRAM-SHA-256$<rounds>:<salt>$<stored key>:<server key>`. The password is plain ASCII, so it needs no SASLprep. */
export async function scramVerifier(password: string): Promise<string> {
  const salt = randomBytes(16);
  const salted = await derive(password, salt, ROUNDS, 32, "sha256");
  const storedKey = createHash("sha256").update(hmac(salted, "Client Key")).digest("base64");
  const serverKey = hmac(salted, "Server Key").toString("base64");
  return `SCRAM-SHA-256$${ROUNDS}:${salt.toString("base64")}$${storedKey}:${serverKey}`;
}

function hmac(key: Buffer, text: string): Buffer {
  return createHmac("sha256", key).update(text).digest();
}
