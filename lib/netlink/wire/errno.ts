/** Error numbers by name (asm-generic/errno-base.h and errno.h, the same on amd64, arm64 and riscv64). */
// deno-fmt-ignore: a table reads better in columns
const NAMES: Readonly<Record<number, string>> = {
  1: "EPERM", 2: "ENOENT", 3: "ESRCH", 4: "EINTR", 5: "EIO", 6: "ENXIO", 7: "E2BIG", 9: "EBADF", 11: "EAGAIN",
  12: "ENOMEM", 13: "EACCES", 14: "EFAULT", 16: "EBUSY", 17: "EEXIST", 19: "ENODEV", 20: "ENOTDIR", 21: "EISDIR",
  22: "EINVAL", 23: "ENFILE", 24: "EMFILE", 27: "EFBIG", 28: "ENOSPC", 30: "EROFS", 31: "EMLINK", 32: "EPIPE",
  34: "ERANGE", 40: "ELOOP", 61: "ENODATA", 71: "EPROTO", 75: "EOVERFLOW", 85: "ERESTART", 90: "EMSGSIZE",
  92: "ENOPROTOOPT", 93: "EPROTONOSUPPORT", 95: "EOPNOTSUPP", 97: "EAFNOSUPPORT", 98: "EADDRINUSE",
  99: "EADDRNOTAVAIL", 100: "ENETDOWN", 101: "ENETUNREACH", 103: "ECONNABORTED", 104: "ECONNRESET", 105: "ENOBUFS",
  107: "ENOTCONN", 110: "ETIMEDOUT", 111: "ECONNREFUSED", 113: "EHOSTUNREACH", 114: "EALREADY", 115: "EINPROGRESS",
};

export const EBADF = 9;
export const EAGAIN = 11;
export const EINTR = 4;
export const EMSGSIZE = 90;
export const ENOBUFS = 105;

/** The name of a positive error number, as `ENOENT`. */
export function errnoName(errno: number): string {
  return NAMES[errno] ?? `errno ${errno}`;
}
