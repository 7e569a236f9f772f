/** A client as simple as ssh: `session_client.ts ADDRESS PORT` sends lines of its input, and prints what it hears. */
const [hostname = "", port = ""] = Deno.args;
const timeout = setTimeout(() => Deno.exit(2), 5000);
const connection = await Deno.connect({ hostname, port: Number(port) });
clearTimeout(timeout);
connection.setNoDelay(true);
const { port: own } = connection.localAddr as Deno.NetAddr;
await Deno.stdout.write(new TextEncoder().encode(`connected ${own}\n`));
await Promise.race([
  Deno.stdin.readable.pipeTo(connection.writable),
  connection.readable.pipeTo(Deno.stdout.writable),
]).catch(() => Deno.exit(3));
Deno.exit(0);
