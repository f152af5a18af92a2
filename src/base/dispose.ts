/** Something that holds a resource until `close` is called. Calling it twice is harmless. */
export interface Closable {
  close(): void;
}

/** Closes in reverse order of adding; goes on when one throws, and then throws the first error. */
export class CloseStack implements Closable {
  readonly #items: Closable[] = [];

  add<T extends Closable>(item: T): T {
    this.#items.push(item);
    return item;
  }

  close(): void {
    const errors: unknown[] = [];
    for (let item = this.#items.pop(); item !== undefined; item = this.#items.pop()) {
      try {
        item.close();
      } catch (error) {
        errors.push(error);
      }
    }
    if (errors.length > 0) throw errors[0];
  }
}
