/** Bytes that are not what the protocol says. */
export class NetlinkDecodeError extends Error {
  override readonly name = "NetlinkDecodeError";
}

/** The kernel refused a request. */
export class NetlinkError extends Error {
  override readonly name = "NetlinkError";
  constructor(
    /** What was asked for, as `add rule in chain input`. */
    readonly operation: string,
    /** Positive errno and its name, as `ENOENT`. */
    readonly errno: number,
    readonly code: string,
    /** The kernel's own words (NLMSGERR_ATTR_MSG), where it gave some. */
    readonly kernelText: string | undefined,
    /** nlmsg_seq of the refused message. */
    readonly sequence: number,
  ) {
    super(`${operation}: ${kernelText === undefined ? "" : `${kernelText} `}(${code})`);
  }
}

/** The receive buffer overflowed (ENOBUFS): whether the request was carried out is not known. */
export class NetlinkOverrunError extends Error {
  override readonly name = "NetlinkOverrunError";
  constructor(readonly operation: string) {
    super(`${operation}: the kernel's answers overflowed the receive buffer (ENOBUFS), so the outcome is unknown`);
  }
}

/** A batch is larger than the socket's send buffer (EMSGSIZE): nothing was sent. */
export class NetlinkSizeError extends Error {
  override readonly name = "NetlinkSizeError";
  constructor(readonly size: number, readonly sendBuffer: number) {
    super(
      `a transaction of ${size} bytes does not fit the send buffer of ${sendBuffer} bytes; run as root, or raise ` +
        `net.core.wmem_max to ${size} (sysctl -w net.core.wmem_max=${size})`,
    );
  }
}
