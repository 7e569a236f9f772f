/**
 * Objects as the store keeps them: without the fields that are at their defaults, which makes a rule half as long to
 * write, read and hash. A later schema with other defaults needs a migration that writes the old ones out.
 */
import type { CollectionPath, SingletonPath } from "../features/collections.ts";
import { DEFAULTS, type Fields } from "../features/defaults.ts";

/** The fields that differ from the defaults; settings that exist once are kept whole. */
export function lean(path: CollectionPath | SingletonPath, object: Fields): Fields {
  const defaults = defaultsOf(path);
  const kept: Record<string, unknown> = {};
  for (const key in object) if (!isDefault(object[key], defaults[key])) kept[key] = object[key];
  return kept;
}

/** The whole object again; takes over what is given. */
export function filled(path: CollectionPath | SingletonPath, object: Fields): Fields {
  return { ...defaultsOf(path), ...object };
}

const NOTHING: Fields = {};

function defaultsOf(path: CollectionPath | SingletonPath): Fields {
  return path === "system" || path === "firewall" ? NOTHING : DEFAULTS[path];
}

function isDefault(value: unknown, usual: unknown): boolean {
  return value === usual || (Array.isArray(usual) && usual.length === 0 && Array.isArray(value) && value.length === 0);
}
