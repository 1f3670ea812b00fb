/** A pause that others may cut short. Not a race of promises: one that never settles would keep all that ever waited beside it. */
export type Rest = { rest(milliseconds: number): Promise<void>; cutShort(): void };

export function createRest(): Rest {
  let end: () => void = () => undefined;
  return {
    rest: (milliseconds) =>
      new Promise<void>((resolve) => {
        const timer = setTimeout(resolve, milliseconds);
        end = () => {
          clearTimeout(timer);
          resolve();
        };
      }),
    cutShort: () => end(),
  };
}
