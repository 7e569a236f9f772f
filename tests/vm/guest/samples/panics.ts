/** Takes the kernel down. */
Deno.test("panics", async () => {
  await Deno.writeTextFile("/proc/sysrq-trigger", "c");
});
