/**
 * Memory for big messages. A page that is written to for the first time costs the kernel more than filling it does: in
 * pages of 2 MiB, where it has them, ten thousand rules are sent and received in noticeably less time.
 */
import { libc } from "./libc.ts";

/** linux/mman.h */
const MADV_HUGEPAGE = 14;
/** Bytes of a page of the smallest kind on every machine that Linux runs on, or a multiple of it. */
const PAGE = 65_536n;
/** Below this there is nothing to win. */
const BIG = 4 * 1024 * 1024;

/** Zeroed memory of so many bytes; large pages are a wish that the kernel may refuse. */
export function bigMemory(size: number): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(size);
  if (size < BIG) return bytes;
  const start = BigInt(Deno.UnsafePointer.value(Deno.UnsafePointer.of(bytes)));
  const from = (start + PAGE - 1n) / PAGE * PAGE;
  const length = (start + BigInt(size) - from) / PAGE * PAGE;
  libc().madvise(Deno.UnsafePointer.create(from), length, MADV_HUGEPAGE);
  return bytes;
}
