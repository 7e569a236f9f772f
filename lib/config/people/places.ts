/** Places that a user logged in from: browsers, by a mark they keep (a device cookie), and addresses. */
import { formatAddress, network, parseAddress } from "../../model/address.ts";
import { hashBearer } from "./bearer.ts";
import type { People } from "./people.ts";

/** So long a place is known without another login from it. */
const MEMORY = 90 * 24 * 60 * 60_000;
/** So many places a user can have; the oldest go. */
const MOST_PLACES = 50;

/**
 * An address as places and failures are counted: of IPv6 the first 64 bits, since whoever has one address there has them all
 * (RFC 6177); IPv4 inside IPv6 (RFC 4291, 2.5.5.2) as IPv4.
 */
export function addressKey(text: string): string {
  const address = parseAddress(text.split("%")[0] ?? "");
  if (address === null) return text;
  if (address.family === 4) return formatAddress(address);
  if (address.value >> 32n === 0xffffn) return formatAddress({ family: 4, value: address.value & 0xffffffffn });
  return formatAddress(network({ ...address, length: 64 }));
}

/** The name of the known place that somebody comes from, the browser before the address; null where neither is known. */
export function knownPlace(people: People, user: number, address: string, device: string | null): string | null {
  const names = [...(device === null ? [] : [deviceName(device)]), addressName(address)];
  return names.find((name) => isKnown(people, user, name)) ?? null;
}

/** Whether a browser's mark is one that was given to anybody: two people may share a browser. */
export function isDevice({ database }: People, device: string): boolean {
  return database.row("SELECT 1 FROM known_places WHERE hash = ? LIMIT 1", hashBearer(deviceName(device))) !== null;
}

/** Remembers where a user logged in. */
export function rememberPlace(people: People, user: number, address: string, device: string): void {
  const { database } = people;
  database.write(() => {
    for (const name of [deviceName(device), addressName(address)]) {
      database.run(
        "INSERT OR REPLACE INTO known_places (user, hash, seen) VALUES (?, ?, ?)",
        user,
        hashBearer(name),
        people.now(),
      );
    }
    database.run(
      `DELETE FROM known_places WHERE user = ?1 AND
         hash NOT IN (SELECT hash FROM known_places WHERE user = ?1 ORDER BY seen DESC LIMIT ${MOST_PLACES})`,
      user,
    );
  });
}

function isKnown({ database, now }: People, user: number, name: string): boolean {
  return database.row(
    "SELECT 1 FROM known_places WHERE user = ? AND hash = ? AND seen > ?",
    user,
    hashBearer(name),
    now() - MEMORY,
  ) !== null;
}

function deviceName(device: string): string {
  return `device ${device}`;
}

function addressName(address: string): string {
  return `address ${addressKey(address)}`;
}
