/** What the features make of a document: what is wrong with it, and what it asks of the machine. */
export { compile } from "./compile.ts";
export { check } from "./check.ts";
