// A sample of what passes by: each as likely to be in it as any other, however many there were. What is left out costs
// next to nothing, because it is known beforehand how many will be (Li, "Reservoir-sampling algorithms", 1994, L).

export class Sample<T> {
  readonly kept: T[] = [];
  private skip = 0;
  private weight = 1;

  constructor(
    private readonly size: number,
    /** From 0 to 1, both left out. */
    private readonly random: () => number = Math.random,
  ) {}

  add<Row>(rows: readonly Row[], of: (row: Row) => T): void {
    let at = 0;
    for (; this.kept.length < this.size && at < rows.length; at++) {
      this.kept.push(of(rows[at] as Row));
      if (this.kept.length === this.size) this.next();
    }
    while (at + this.skip < rows.length) {
      at += this.skip;
      this.kept[Math.floor(this.random() * this.size)] = of(rows[at++] as Row);
      this.next();
    }
    if (this.kept.length === this.size) this.skip -= rows.length - at;
  }

  private next(): void {
    this.weight *= Math.exp(Math.log(this.random()) / this.size);
    this.skip = Math.floor(Math.log(this.random()) / Math.log1p(-this.weight));
  }
}
