// The side of a measured process: where it listens, and on request how much CPU it has used.

export function serveCpuTime(port: number): void {
  process.on('message', () => {
    const { user, system } = process.cpuUsage();
    process.send?.({ cpuMicros: user + system });
  });
  process.on('disconnect', () => process.exit(0));
  process.send?.({ port });
}
