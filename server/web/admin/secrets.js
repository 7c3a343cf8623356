/* Secrets made here, by the browser's own randomness. */

/* No letters or digits that look alike on paper; 31 of them. */
const ALPHABET = "abcdefghjkmnpqrstuvwxyz23456789";

const bytes = (count) => crypto.getRandomValues(new Uint8Array(count));

const base64 = (raw) => btoa(String.fromCharCode(...raw));

/** Four groups of four: 79 bits. */
export function password() {
  const letters = [];
  while (letters.length < 16) {
    /* 248 is eight times 31: what lies above would favour the first letters. */
    for (const byte of bytes(32)) if (byte < 248) letters.push(ALPHABET[byte % 31]);
  }
  return letters.slice(0, 16).join("").replace(/(.{4})(?=.)/g, "$1-");
}

/** 256 bits in base64url. */
export const token = () =>
  base64(bytes(32)).replaceAll("+", "-").replaceAll("/", "_").replace(/=+$/, "");

/** What webhooks are signed with. */
export const webhookSecret = () => `whsec_${base64(bytes(32))}`;

/** SHA-256 of a text, in hex: what the server keeps of a key. */
export async function hashed(text) {
  const raw = await crypto.subtle.digest("SHA-256", new TextEncoder().encode(text));
  return [...new Uint8Array(raw)].map((byte) => byte.toString(16).padStart(2, "0")).join("");
}
