/** Requests to a daemon's sockets. */
import { assert, assertEquals } from "../../lib/std/assert.ts";
import type { Place } from "./command_line.ts";

/** A document out of openapi.json, as far as tests read it. */
export interface OpenApi {
  readonly openapi: string;
  readonly paths: Readonly<Record<string, Readonly<Record<string, RouteDescription>>>>;
}

export interface RouteDescription {
  readonly requestBody?: { readonly content: Readonly<Record<string, unknown>> };
  readonly parameters?: readonly { readonly in: string; readonly name: string }[];
}

export interface Heard {
  readonly status: number;
  readonly type: string;
  readonly tag: string;
  // deno-lint-ignore no-explicit-any
  readonly json: any;
}

export class Socket implements Disposable {
  readonly #client: Deno.HttpClient;
  readonly path: string;

  constructor(place: Place, name: "admin" | "api" = "admin") {
    this.path = `${place.runDir}/${name}.sock`;
    this.#client = Deno.createHttpClient({ proxy: { transport: "unix", path: this.path } });
  }

  /** A request below `/api/v1`; a body that is an object goes as JSON. */
  async ask(method: string, path: string, body?: unknown, headers: Record<string, string> = {}): Promise<Heard> {
    const answer = await this.fetch(method, `/api/v1${path}`, body, headers);
    const text = await answer.text();
    const type = answer.headers.get("content-type") ?? "";
    return {
      status: answer.status,
      type,
      tag: answer.headers.get("etag") ?? "",
      json: type.includes("json") ? JSON.parse(text) : text,
    };
  }

  fetch(method: string, path: string, body?: unknown, headers: Record<string, string> = {}): Promise<Response> {
    const raw = body === undefined || typeof body === "string" || body instanceof Uint8Array;
    return fetch(`http://patronus${path}`, {
      method,
      headers: { ...(body === undefined ? {} : { "content-type": "application/json" }), ...headers },
      ...(body === undefined ? {} : { body: (raw ? body : JSON.stringify(body)) as BodyInit }),
      client: this.#client,
      signal: AbortSignal.timeout(20_000),
    } as RequestInit);
  }

  /** Sends a request line as it stands, which no HTTP client would, and gives the answer's first line. */
  async raw(line: string): Promise<string> {
    using connection = await Deno.connect({ transport: "unix", path: this.path });
    await connection.write(
      new TextEncoder().encode(`${line}\r\nHost: patronus\r\nIf-Match: *\r\nConnection: close\r\n\r\n`),
    );
    const buffer = new Uint8Array(4096);
    const count = await connection.read(buffer);
    return new TextDecoder().decode(buffer.subarray(0, count ?? 0)).split("\r\n")[0] ?? "";
  }

  async openApi(): Promise<OpenApi> {
    const { status, json } = await this.ask("GET", "/openapi.json");
    assertEquals(status, 200);
    return json;
  }

  [Symbol.dispose](): void {
    this.#client.close();
  }
}

/** That an answer is a problem document of the client's making. */
export function assertProblem({ status, type, json }: Heard, what: string): void {
  assert(status >= 400 && status < 500, `${what}: ${status} ${JSON.stringify(json).slice(0, 300)}`);
  assertEquals(type, "application/problem+json", what);
  assertEquals([json.status, typeof json.title, typeof json.detail], [status, "string", "string"], what);
}
