/** The few functions of libc that sockets need, over FFI. Synchronous calls, so that errno belongs to the call before. */

const SYMBOLS = {
  socket: { parameters: ["i32", "i32", "i32"], result: "i32" },
  bind: { parameters: ["i32", "buffer", "u32"], result: "i32" },
  connect: { parameters: ["i32", "buffer", "u32"], result: "i32" },
  close: { parameters: ["i32"], result: "i32" },
  sendto: { parameters: ["i32", "buffer", "usize", "i32", "buffer", "u32"], result: "isize" },
  recvfrom: { parameters: ["i32", "buffer", "usize", "i32", "buffer", "buffer"], result: "isize" },
  setsockopt: { parameters: ["i32", "i32", "i32", "buffer", "u32"], result: "i32" },
  getsockopt: { parameters: ["i32", "i32", "i32", "buffer", "buffer"], result: "i32" },
  madvise: { parameters: ["pointer", "usize", "i32"], result: "i32" },
  __errno_location: { parameters: [], result: "pointer" },
} as const;

/** Calls made in another thread: what errno they leave is not to be known. */
const WAIT = {
  poll: { parameters: ["buffer", "usize", "i32"], result: "i32", nonblocking: true },
  recvmmsg: { parameters: ["i32", "buffer", "u32", "i32", "pointer"], result: "i32", nonblocking: true },
} as const;

/** Flags of recvfrom(2) and recvmmsg(2), linux/socket.h. */
export const MSG_TRUNC = 0x20;
export const MSG_DONTWAIT = 0x40;

type Libc = Deno.DynamicLibrary<typeof SYMBOLS>["symbols"] & Deno.DynamicLibrary<typeof WAIT>["symbols"];

/** glibc, then musl by architecture. */
const NAMES = ["libc.so.6", `libc.musl-${Deno.build.arch}.so.1`, "libc.so"];

let opened: Libc | undefined;

/** Opens libc once. */
export function libc(): Libc {
  if (opened !== undefined) return opened;
  let reason: unknown;
  for (const name of NAMES) {
    try {
      opened = { ...Deno.dlopen(name, SYMBOLS).symbols, ...Deno.dlopen(name, WAIT).symbols };
      return opened;
    } catch (error) {
      reason = error;
    }
  }
  throw new Error(`cannot open the C library (${NAMES.join(", ")})`, { cause: reason });
}

/** errno of the synchronous call just made. */
export function errno(): number {
  const at = libc().__errno_location();
  return at === null ? 0 : new Deno.UnsafePointerView(at).getInt32();
}
