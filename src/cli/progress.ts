import { Presets, SingleBar } from 'cli-progress';

/** How far something long is, on stderr; nothing where that is no terminal. */
export interface Progress {
  /** @param total when it has become known or has changed */
  reach(value: number, total?: number): void;
  end(): void;
}

const NONE: Progress = { reach: () => undefined, end: () => undefined };

/**
 * A bar that moves.
 *
 * @param total null when nobody knows: then only the number moves
 */
export function showProgress(label: string, total: number | null, unit: 'MB' | 'rows'): Progress {
  if (!process.stderr.isTTY) return NONE;
  const scale = unit === 'MB' ? 1e6 : 1;
  const show = (value: number): string =>
    unit === 'MB' ? (value / scale).toFixed(1) : String(value);
  const bar = new SingleBar(
    {
      format:
        total === null ? `${label} {value} ${unit}` : `${label} {bar} {value}/{total} ${unit}`,
      formatValue: (value, _, type) =>
        type === 'value' || type === 'total' ? show(value) : String(value),
      stream: process.stderr,
      clearOnComplete: true,
      hideCursor: false,
    },
    Presets.shades_classic,
  );
  bar.start(total ?? 0, 0);
  return {
    reach: (value, now) => {
      if (now !== undefined) bar.setTotal(now);
      bar.update(value);
    },
    end: () => {
      bar.stop();
    },
  };
}
