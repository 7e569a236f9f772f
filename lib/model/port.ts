/** Ports of TCP, UDP and SCTP (16 bits, RFC 6335). */

/** An inclusive range; a single port has equal ends. */
export interface PortRange {
  readonly from: number;
  readonly to: number;
}

/** Reads `443` or `8000-8100`; null where the text is neither or the range runs backwards. */
export function parsePorts(text: string | number): PortRange | null {
  const single = Number(text);
  if (Number.isInteger(single) && single >= 0 && single <= 65535 && /^\d{1,5}$/.test(String(text))) {
    return { from: single, to: single };
  }
  const match = /^(\d{1,5})(?:-(\d{1,5}))?$/.exec(String(text));
  if (match === null) return null;
  const from = Number(match[1]);
  const to = match[2] === undefined ? from : Number(match[2]);
  return from <= to && to <= 65535 ? { from, to } : null;
}

export function formatPorts(range: PortRange): string {
  return range.from === range.to ? String(range.from) : `${range.from}-${range.to}`;
}
