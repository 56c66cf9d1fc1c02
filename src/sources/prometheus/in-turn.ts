/** Requests of one question that are under way at once; a server and its limits are shared with everybody. */
const AT_ONCE = 4;

/** `work` over all items, a few at a time, answers in the order of the items. The first failure is the failure of all. */
export async function inTurn<T, R>(items: readonly T[], work: (item: T) => Promise<R>): Promise<R[]> {
  const found: R[] = new Array(items.length);
  let next = 0;
  const one = async (): Promise<void> => {
    while (next < items.length) {
      const i = next++;
      found[i] = await work(items[i]!);
    }
  };
  await Promise.all(Array.from({ length: Math.min(AT_ONCE, items.length) }, one));
  return found;
}
