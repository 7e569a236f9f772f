/** The environment of a process as the kernel shows it in /proc/PID/environ: `name=value`, each ended by a zero byte. */

export type Environment = ReadonlyMap<string, string>;

/**
 * Reads it. A value may hold any other byte; what is no UTF-8 becomes U+FFFD, which no address or name contains. Of a name
 * that stands twice the first counts, as for getenv(3).
 */
export function parseEnvironment(bytes: Uint8Array): Environment {
  const variables = new Map<string, string>();
  for (const entry of new TextDecoder().decode(bytes).split("\0")) {
    const equals = entry.indexOf("=");
    const name = entry.slice(0, equals);
    if (equals > 0 && !variables.has(name)) variables.set(name, entry.slice(equals + 1));
  }
  return variables;
}
