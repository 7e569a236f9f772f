/**
 * Answers to POST requests that carry an `Idempotency-Key`, kept for a while: whoever did not hear the answer asks again
 * and gets it, and nothing is done twice.
 */
import { problem } from "./problem.ts";

/** Milliseconds for which an answer is kept, and how many are. */
const KEPT_FOR = 24 * 3600_000;
const MOST_KEPT = 500;
/** Longest answer that is kept, in bytes; a longer one is refused the second time. */
const LONGEST = 64 * 1024;

interface Kept {
  /** What was asked: another request may not use the same key. */
  readonly asked: string;
  readonly until: number;
  /** Null where it was too long to keep. */
  readonly answer: Promise<Response | null>;
}

export class Idempotency {
  readonly #kept = new Map<string, Kept>();

  /** Carries the request out, or gives the answer that it had. `user` keeps the keys of users apart. */
  async once(user: string, request: Request, carryOut: (request: Request) => Promise<Response>): Promise<Response> {
    const key = request.headers.get("idempotency-key");
    if (request.method !== "POST" || key === null) return await carryOut(request);
    if (key.length === 0 || key.length > 200) return problem(400, "an Idempotency-Key has 1 to 200 characters");
    const asked = await digest(request.clone());
    const name = JSON.stringify([user, key]);
    this.#forget();
    const known = this.#kept.get(name);
    if (known !== undefined) {
      if (known.asked !== asked) return problem(422, "this Idempotency-Key was used for another request");
      const answer = await known.answer;
      return answer?.clone() ?? problem(409, "this request was carried out before, and its answer is not kept");
    }
    const { promise, resolve } = Promise.withResolvers<Response | null>();
    this.#kept.set(name, { asked, until: Date.now() + KEPT_FOR, answer: promise });
    try {
      const answer = await carryOut(request);
      const body = await answer.arrayBuffer();
      const whole = () => new Response(answer.status === 204 ? null : body, answer);
      // What was refused changed nothing, and may be tried again.
      if (!answer.ok) this.#kept.delete(name);
      resolve(body.byteLength > LONGEST ? null : whole());
      return whole();
    } catch (error) {
      this.#kept.delete(name);
      resolve(null);
      throw error;
    }
  }

  #forget(): void {
    const now = Date.now();
    for (const [name, { until }] of this.#kept) {
      if (until > now && this.#kept.size < MOST_KEPT) break;
      this.#kept.delete(name);
    }
  }
}

async function digest(request: Request): Promise<string> {
  const { pathname, search } = new URL(request.url);
  const head = new TextEncoder().encode(`${pathname}${search}\n${request.headers.get("if-match")}\n`);
  const body = new Uint8Array(await request.arrayBuffer());
  const whole = new Uint8Array(head.length + body.length);
  whole.set(head);
  whole.set(body, head.length);
  const hash = new Uint8Array(await crypto.subtle.digest("SHA-256", whole));
  return [...hash].map((byte) => byte.toString(16).padStart(2, "0")).join("");
}
