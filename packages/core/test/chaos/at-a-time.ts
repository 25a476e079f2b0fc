/** Does the work for every item, at most so many at a time; outcomes in the order of the items. */
export async function atATime<T, R>(most: number, items: readonly T[], work: (item: T) => Promise<R>): Promise<R[]> {
  const outcomes: R[] = [];
  const left = items.entries();
  const worker = async () => {
    for (const [index, item] of left) outcomes[index] = await work(item);
  };
  await Promise.all(Array.from({ length: most }, worker));
  return outcomes;
}
