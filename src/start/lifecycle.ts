/** How what was started is stopped, in the order of its start. */
export type Stops = (() => Promise<void>)[];

/** How long a stop may take, in milliseconds: whoever supervises the process is promised ten seconds. */
const LONGEST_STOP = 9_500;

/**
 * Starts something in order, and stops it in the opposite order on a signal or when the start fails. The process ends then,
 * in time whatever hangs: with 0, or with 1 when the start, a stop or the time fails, which is said.
 */
export async function live(
  start: (stops: Stops) => Promise<void>,
  signals: readonly NodeJS.Signals[],
  longestStop = LONGEST_STOP,
): Promise<void> {
  const stops: Stops = [];
  let isStopping = false;
  const starting = start(stops);
  const stop = async (code: number): Promise<void> => {
    if (isStopping) return;
    isStopping = true;
    endAfter(longestStop);
    // What is being started is waited for: a database half started could not be stopped.
    await starting.catch(() => undefined);
    const isClean = await stopAll(stops);
    process.exit(isClean ? code : 1);
  };
  for (const signal of signals) process.on(signal, () => void stop(0));
  try {
    await starting;
  } catch (error) {
    report(error);
    await stop(1);
  }
}

/** A stack would only hide what went wrong from whoever reads the terminal. */
function report(error: unknown): void {
  console.error(error instanceof Error ? error.message : error);
}

async function stopAll(stops: Stops): Promise<boolean> {
  let isClean = true;
  for (const stop of stops.toReversed()) {
    await stop().catch((error: unknown) => {
      isClean = false;
      report(error);
    });
  }
  return isClean;
}

function endAfter(milliseconds: number): void {
  setTimeout(() => {
    console.error(
      `Accord did not stop within ${String(milliseconds / 1_000)} s, and ends with what it was doing undone.`,
    );
    process.exit(1);
  }, milliseconds);
}
