/** Leaves a process behind that holds on to the output. */
Deno.test("leaves", async () => {
  await new Deno.Command("sh", { args: ["-c", "sleep 1000 &"], stdout: "inherit", stderr: "inherit" }).output();
});
